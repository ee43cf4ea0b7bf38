/** How long to wait before the next try: random over the whole range, or all phones of a district come back at once. */

const FIRST_MS = 500
const MOST_MS = 30_000

export function backoff_ms(failures: number, atLeast_ms = 0, random: () => number = Math.random): number {
  const most = Math.min(MOST_MS, FIRST_MS * 2 ** Math.min(failures, 16))
  return Math.max(atLeast_ms, Math.round(random() * most))
}

/** `retry_after_s=5` in the reason of a close. */
export function wish_ms(reason: string): number {
  const found = /retry_after_s=(\d+(?:\.\d+)?)/.exec(reason)
  return found ? Number(found[1]) * 1000 : 0
}
