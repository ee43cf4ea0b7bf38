import { describe, expect, it } from 'vitest'
import { countdown } from './countdown'

const FROM = '2026-11-24T08:00:00Z'
const DUE = '2026-11-24T08:00:40Z'
const T0 = Date.parse(FROM)

describe('the time to answer', () => {
  it('runs by the instant that is handed in, which is the server’s', () => {
    expect(countdown(FROM, DUE, T0)).toEqual({ left_ms: 40_000, part: 1, mood: 'calm' })
    expect(countdown(FROM, DUE, T0 + 20_000)).toEqual({ left_ms: 20_000, part: 0.5, mood: 'calm' })
  })

  it('is urgent in its last ten seconds', () => {
    expect(countdown(FROM, DUE, T0 + 30_000).mood).toBe('soon')
  })

  it('goes on below zero, because a late yes is still help', () => {
    expect(countdown(FROM, DUE, T0 + 45_000)).toEqual({ left_ms: -5_000, part: 0, mood: 'over' })
  })

  it('is never more than whole when the clocks disagree', () => {
    expect(countdown(FROM, DUE, T0 - 60_000).part).toBe(1)
  })
})
