import { describe, expect, it } from 'vitest'
import { today } from './hours'

describe('the day of a safe-house', () => {
  it('is that of China, not of the phone', () => {
    expect(today(Date.parse('2026-11-24T08:00:00Z'))).toBe('tue')
    expect(today(Date.parse('2026-11-24T15:59:59Z'))).toBe('tue')
    expect(today(Date.parse('2026-11-24T16:00:00Z'))).toBe('wed')
    expect(today(Date.parse('2026-11-22T00:00:00Z'))).toBe('sun')
  })
})
