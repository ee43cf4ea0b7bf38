import { describe, expect, it } from 'vitest'
import { interval_ms, metres, speed } from './rate'

describe('how often a phone says where it is', () => {
  it('every 30 to 60 s while standing, every 5 s while moving, every 2 s on an order', () => {
    expect(interval_ms({ speed_mps: 0, onOrder: false })).toBeGreaterThanOrEqual(30_000)
    expect(interval_ms({ speed_mps: 0, onOrder: false })).toBeLessThanOrEqual(60_000)
    expect(interval_ms({ speed_mps: 1.4, onOrder: false })).toBe(5_000)
    expect(interval_ms({ speed_mps: 0, onOrder: true })).toBe(2_000)
  })

  it('is that of standing when there is no telling', () => {
    expect(interval_ms({ speed_mps: null, onOrder: false })).toBe(45_000)
  })
})

describe('speed', () => {
  const here = { lon: 121.463, lat: 31.047, accuracy_m: 20, at_ms: 0 }

  it('is the sensor’s word where it has one', () => {
    expect(speed(here, { ...here, at_ms: 1_000 }, 1.2)).toBe(1.2)
  })

  it('is none within the error of the fixes, so that a phone on a table stands still', () => {
    expect(speed(here, { ...here, lon: 121.4631, at_ms: 5_000 }, null)).toBe(0)
  })

  it('is way by time beyond it', () => {
    const there = { ...here, lon: 121.464, at_ms: 60_000 }
    expect(speed(here, there, null)).toBeCloseTo(metres(here, there) / 60)
  })
})

describe('metres', () => {
  it('of a thousandth of a degree', () => {
    expect(metres({ lon: 121.463, lat: 31 }, { lon: 121.463, lat: 31.001 })).toBeCloseTo(111.2, 1)
    expect(metres({ lon: 121.463, lat: 31 }, { lon: 121.464, lat: 31 })).toBeCloseTo(95.3, 1)
  })
})
