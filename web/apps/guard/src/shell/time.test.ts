import { describe, expect, it } from 'vitest'
import { hourOf } from './time'

describe('an hour', () => {
  it('is said without seconds, with its day where that is another one', () => {
    const evening = new Date(2026, 10, 27, 22, 5).getTime()
    expect(hourOf(new Date(2026, 10, 27, 23, 41, 9).toISOString(), evening)).toBe('23:41')
    expect(hourOf(new Date(2026, 10, 28, 6, 5).toISOString(), evening)).toBe('11-28 06:05')
    expect(hourOf(null, evening)).toBe('–')
  })
})
