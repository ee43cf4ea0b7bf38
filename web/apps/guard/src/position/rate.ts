/** How often the phone says where it is. Over values: no clock, no sensor. */

export interface Motion {
  /** Metres per second over the last fixes; null when there is no telling. */
  speed_mps: number | null
  onOrder: boolean
}

export interface Place {
  lon: number
  lat: number
  accuracy_m: number
  at_ms: number
}

const STILL_MS = 45_000
const MOVING_MS = 5_000
const ORDER_MS = 2_000
/** Slower than a stroll is standing: a phone on a table drifts. */
const MOVING_MPS = 0.7
/** Worse than this a fix does not show where somebody is, only about where. */
export const INEXACT_M = 100
/** The system no longer recommends whoever is older than this. */
export const FORGOTTEN_S = 120

export function interval_ms({ speed_mps, onOrder }: Motion): number {
  if (onOrder) return ORDER_MS
  return speed_mps !== null && speed_mps >= MOVING_MPS ? MOVING_MS : STILL_MS
}

/** Metres between two places; good to a thousandth over the distances of a station. */
export function metres(a: { lon: number; lat: number }, b: { lon: number; lat: number }): number {
  const rad = Math.PI / 180
  const dLat = (b.lat - a.lat) * rad
  const dLon = (b.lon - a.lon) * rad
  const h = Math.sin(dLat / 2) ** 2 + Math.cos(a.lat * rad) * Math.cos(b.lat * rad) * Math.sin(dLon / 2) ** 2
  return 2 * 6_371_008.8 * Math.asin(Math.sqrt(h))
}

/** Speed between two fixes. What lies within their own errors is no movement. */
export function speed(before: Place | null, now: Place, said_mps: number | null): number | null {
  if (said_mps !== null && Number.isFinite(said_mps)) return said_mps
  if (!before || now.at_ms <= before.at_ms) return null
  const way = metres(before, now)
  if (way <= Math.max(before.accuracy_m, now.accuracy_m)) return 0
  return way / ((now.at_ms - before.at_ms) / 1000)
}
