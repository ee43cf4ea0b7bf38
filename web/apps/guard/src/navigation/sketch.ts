/** Places as a plain drawing, for phones that can draw no map: north is up, one scale in both directions. Pure. */
import type { Lonlat } from './datum'

export interface Frame {
  /** Where a place is on the paper. */
  put(at: Lonlat): [x: number, y: number]
  /** A round number of metres, and how long that is on the paper. */
  bar: { metres: number; length: number }
}

const M_PER_DEGREE = 111_320
/** Around one place alone. */
const LEAST_M = 100
const ROUND = [20, 50, 100, 200, 500, 1_000, 2_000, 5_000, 10_000, 20_000, 50_000]

export function frame(places: Lonlat[], width: number, height: number, margin: number): Frame {
  const [first] = places
  if (!first) throw new Error('nothing to draw')
  const narrow = Math.cos((first.lat / 180) * Math.PI)
  const flat = (at: Lonlat): [number, number] => [(at.lon - first.lon) * M_PER_DEGREE * narrow, (at.lat - first.lat) * M_PER_DEGREE]
  const all = places.map(flat)
  const [west, east] = [Math.min(...all.map(([x]) => x)), Math.max(...all.map(([x]) => x))]
  const [south, north] = [Math.min(...all.map(([, y]) => y)), Math.max(...all.map(([, y]) => y))]
  const scale = Math.min((width - 2 * margin) / Math.max(east - west, LEAST_M), (height - 2 * margin) / Math.max(north - south, LEAST_M))
  const longest_m = (width * 0.4) / scale
  const metres = [...ROUND].reverse().find((m) => m <= longest_m) ?? ROUND[0]!
  return {
    put(at) {
      const [x, y] = flat(at)
      return [width / 2 + (x - (west + east) / 2) * scale, height / 2 - (y - (south + north) / 2) * scale]
    },
    bar: { metres, length: metres * scale },
  }
}

export const WINDS = ['n', 'ne', 'e', 'se', 's', 'sw', 'w', 'nw'] as const
export type Wind = (typeof WINDS)[number]

/** In which of eight directions `to` lies from `from`. */
export function wind(from: Lonlat, to: Lonlat): Wind {
  const east = (to.lon - from.lon) * Math.cos((from.lat / 180) * Math.PI)
  const eighth = Math.round(Math.atan2(east, to.lat - from.lat) / (Math.PI / 4))
  return WINDS[(eighth + 8) % 8]!
}
