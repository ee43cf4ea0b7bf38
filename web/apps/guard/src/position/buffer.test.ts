import type { Fix } from '@pingan/live'
import { describe, expect, it } from 'vitest'
import { BATCH, add, next, without } from './buffer'

const T0 = Date.parse('2026-11-24T08:00:00Z')

function fix(n: number): Fix {
  return { captured_at: new Date(T0 + n * 1000).toISOString(), position: { lon: 121.46, lat: 31.04, crs: 'wgs84' } }
}

describe('fixes that wait', () => {
  it('keep their own time and leave when the server has them', () => {
    const kept = [fix(1), fix(2), fix(3)]
    expect(without(kept, [fix(2)])).toEqual([fix(1), fix(3)])
  })

  it('go newest first, a batch at a time', () => {
    const kept = Array.from({ length: BATCH + 5 }, (_, n) => fix(n))
    expect(next(kept)).toHaveLength(BATCH)
    expect(next(kept).at(-1)).toEqual(fix(BATCH + 4))
  })

  it('are thinned over their whole length when the gap is long, not cut off', () => {
    let kept: Fix[] = []
    for (let n = 0; n < 3_000; n += 1) kept = add(kept, fix(n), T0 + n * 1000)
    expect(kept.length).toBeLessThanOrEqual(2_001)
    expect(kept[0]).toEqual(fix(0))
    expect(kept.at(-1)).toEqual(fix(2_999))
  })

  it('are let go when the server would not take them any more', () => {
    expect(add([fix(0)], fix(90_000), T0 + 90_000_000)).toEqual([fix(90_000)])
  })
})
