import { describe, expect, it } from 'vitest'
import { type Shape, appended, bounds, fromGeometry, inserted, isWhole, moved, readGeojson, removed, squeezed, toGeometry } from './outline'

const SQUARE: Shape = [[[[121, 31], [121.1, 31], [121.1, 31.1], [121, 31.1]]]]

describe('an outline', () => {
  it('is closed on the way out and open on the way in', () => {
    expect(toGeometry(SQUARE).coordinates[0]![0]).toHaveLength(5)
    expect(fromGeometry(toGeometry(SQUARE))).toEqual(SQUARE)
    expect(fromGeometry({ type: 'Polygon', coordinates: toGeometry(SQUARE).coordinates[0] })).toEqual(SQUARE)
  })

  it('gains, moves and loses a corner, and keeps three', () => {
    const five = inserted(SQUARE, [0, 0, 1], [121.12, 31.05])
    expect(five[0]![0]![2]).toEqual([121.12, 31.05])
    expect(moved(five, [0, 0, 2], [121.1234567, 31.05])[0]![0]![2]).toEqual([121.123457, 31.05])
    const three = removed(removed(five, [0, 0, 2]), [0, 0, 0])
    expect(removed(three, [0, 0, 0])).toEqual(three)
    expect(SQUARE[0]![0]).toHaveLength(4)
  })

  it('takes a corner in where it makes the smallest detour', () => {
    expect(squeezed(SQUARE, [121.05, 30.99])[0]![0]![1]).toEqual([121.05, 30.99])
    expect(squeezed(SQUARE, [120.99, 31.05])[0]![0]![4]).toEqual([120.99, 31.05])
  })

  it('grows by clicks until it encloses something', () => {
    const two = appended(appended([], [121, 31]), [121.1, 31])
    expect(isWhole(two)).toBe(false)
    expect(isWhole(appended(two, [121.1, 31.1]))).toBe(true)
    expect(bounds([two, SQUARE])).toEqual([[121, 31], [121.1, 31.1]])
  })
})

describe('a GeoJSON text', () => {
  it('gives its polygons with their names, whatever is wrapped around them', () => {
    const geometry = toGeometry(SQUARE)
    const feature = { type: 'Feature', properties: { name: ' 东区 ' }, geometry }
    const line = { type: 'Feature', properties: {}, geometry: { type: 'LineString', coordinates: [] } }
    expect(readGeojson(JSON.stringify(geometry))).toEqual([{ name: '', shape: SQUARE }])
    expect(readGeojson(JSON.stringify({ type: 'FeatureCollection', features: [line, feature] }))).toEqual([{ name: '东区', shape: SQUARE }])
  })

  it('that is none, or has no polygon, is none', () => {
    for (const text of ['', '{', '[]', 'null', '{"type":"Polygon"}', '{"type":"Polygon","coordinates":[[["a",1]]]}', '{"type":"Point","coordinates":[1,2]}']) {
      expect(readGeojson(text)).toBeNull()
    }
  })
})
