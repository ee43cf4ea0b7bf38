import { describe, expect, it } from 'vitest'
import { type Lonlat, fromMap, shift, toMap } from './raster'

const WUJING: Lonlat = [121.4633, 31.0467]

describe('on a map in GCJ-02', () => {
  it('what is ours is drawn half a kilometre away, where that map has it', () => {
    const [lon, lat] = toMap(WUJING, 'gcj02')
    const metres = Math.hypot((lon - WUJING[0]) * 95_460, (lat - WUJING[1]) * 110_900)
    expect(metres).toBeGreaterThan(450)
    expect(metres).toBeLessThan(520)
  })

  it('a click means the place that it was made on', () => {
    const [lon, lat] = fromMap(toMap(WUJING, 'gcj02'), 'gcj02')
    expect(Math.abs(lon - WUJING[0])).toBeLessThan(2e-5)
    expect(Math.abs(lat - WUJING[1])).toBeLessThan(2e-5)
  })

  it('the features of the caller are left as they are', () => {
    const features: GeoJSON.FeatureCollection = { type: 'FeatureCollection', features: [{ type: 'Feature', properties: {}, geometry: { type: 'Point', coordinates: [...WUJING] } }] }
    const before = JSON.stringify(features)
    expect(shift(features, 'gcj02')).not.toEqual(features)
    expect(JSON.stringify(features)).toBe(before)
  })
})

it('on a map in WGS-84 nothing is shifted', () => {
  expect(toMap(WUJING, 'wgs84')).toEqual(WUJING)
})
