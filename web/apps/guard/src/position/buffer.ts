/** Fixes that the server has not confirmed: kept, thinned when there are many, sent again by their own time. */
import type { Fix } from '@pingan/live'

/** At most so many in one message. */
export const BATCH = 200
const MOST = 2_000
/** The server takes nothing older. */
const OLDEST_MS = 23 * 3_600_000

/** With this one more. A long gap keeps its whole length: every second of the older half goes. */
export function add(kept: readonly Fix[], fix: Fix, now_ms: number): Fix[] {
  const fresh = kept.filter((old) => now_ms - Date.parse(old.captured_at) < OLDEST_MS)
  if (fresh.length < MOST) return [...fresh, fix]
  const half = Math.floor(fresh.length / 2)
  return [...fresh.filter((_, n) => n >= half || n % 2 === 0), fix]
}

/** The newest first of all: where he is now matters more than where he was. */
export function next(kept: readonly Fix[]): Fix[] {
  return kept.slice(-BATCH)
}

export function without(kept: readonly Fix[], sent: readonly Fix[]): Fix[] {
  const gone = new Set(sent.map((fix) => fix.captured_at))
  return kept.filter((fix) => !gone.has(fix.captured_at))
}
