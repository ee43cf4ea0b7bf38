/** Metres on the ground of one town; WGS-84, right to a few in a thousand at the latitude of China. */
import type { Lonlat } from '@pingan/map'

const M_PER_DEGREE_NORTH = 111_132
const M_PER_DEGREE_EAST = 111_320

function east(lat: number): number {
  return M_PER_DEGREE_EAST * Math.cos((lat * Math.PI) / 180)
}

export function metres(a: readonly [number, number], b: readonly [number, number]): number {
  return Math.hypot((b[0] - a[0]) * east((a[1] + b[1]) / 2), (b[1] - a[1]) * M_PER_DEGREE_NORTH)
}

/** The corners of a circle, evenly around. */
export function circle(centre: readonly [number, number], radius_m: number, corners: number): Lonlat[] {
  return Array.from({ length: corners }, (_, n) => {
    const angle = (2 * Math.PI * n) / corners
    return [centre[0] + (radius_m * Math.sin(angle)) / east(centre[1]), centre[1] + (radius_m * Math.cos(angle)) / M_PER_DEGREE_NORTH]
  })
}
