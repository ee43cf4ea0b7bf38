import { describe, expect, it } from 'vitest'
import { frame, wind } from './sketch'

const HERE = { lon: 121.463, lat: 31.047 }

describe('a sketch', () => {
  it('has north up, the same scale both ways, and everything on the paper', () => {
    const north = { lon: HERE.lon, lat: HERE.lat + 100 / 111_320 }
    const east = { lon: HERE.lon + 100 / (111_320 * Math.cos((HERE.lat / 180) * Math.PI)), lat: HERE.lat }
    const { put } = frame([HERE, north, east], 320, 240, 30)
    const [[x, y], [nx, ny], [ex, ey]] = [put(HERE), put(north), put(east)]
    expect(ny).toBeLessThan(y)
    expect(ex - x).toBeCloseTo(y - ny, 3)
    expect([nx, ey]).toEqual([x, y])
    for (const [px, py] of [put(HERE), put(north), put(east)]) {
      expect(px).toBeGreaterThanOrEqual(30 - 1e-6)
      expect(px).toBeLessThanOrEqual(290 + 1e-6)
      expect(py).toBeGreaterThanOrEqual(30 - 1e-6)
      expect(py).toBeLessThanOrEqual(210 + 1e-6)
    }
  })

  it('says its scale in a round number that fits', () => {
    const far = { lon: HERE.lon, lat: HERE.lat + 3_000 / 111_320 }
    const { bar } = frame([HERE, far], 320, 240, 30)
    expect(bar.metres).toBe(2_000)
    expect(bar.length).toBeCloseTo(120, 3)
  })

  it('of one place alone has a scale too', () => {
    const { put, bar } = frame([HERE], 320, 240, 30)
    expect(put(HERE)).toEqual([160, 120])
    expect(bar.length).toBeGreaterThan(0)
  })
})

it('directions are the eight that people say', () => {
  expect(wind(HERE, { lon: HERE.lon, lat: HERE.lat + 0.01 })).toBe('n')
  expect(wind(HERE, { lon: HERE.lon + 0.01, lat: HERE.lat + 0.0086 })).toBe('ne')
  expect(wind(HERE, { lon: HERE.lon - 0.01, lat: HERE.lat })).toBe('w')
  expect(wind(HERE, { lon: HERE.lon, lat: HERE.lat - 0.01 })).toBe('s')
})
