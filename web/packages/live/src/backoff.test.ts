import { describe, expect, it } from 'vitest'
import { backoff_ms, wish_ms } from './backoff'

describe('the wait before the next try', () => {
  it('is random over the whole range, which doubles up to 30 s', () => {
    expect(backoff_ms(0, 0, () => 0)).toBe(0)
    expect(backoff_ms(0, 0, () => 1)).toBe(500)
    expect(backoff_ms(3, 0, () => 1)).toBe(4_000)
    expect(backoff_ms(99, 0, () => 1)).toBe(30_000)
  })

  it('is not less than the server wishes', () => {
    expect(wish_ms('retry_after_s=5')).toBe(5_000)
    expect(wish_ms('too many frames')).toBe(0)
    expect(backoff_ms(0, 5_000, () => 0)).toBe(5_000)
  })
})
