/** The server's time. Deadlines are the server's: a phone whose clock is wrong must not show a wrong countdown. */

const KEPT = 16
let samples: number[] = []
let offset_ms = 0

/** Tell it an instant that the server has just said. The answer that was fastest is nearest to the truth. */
export function noteServerTime(at: string, now_ms: number = Date.now()): void {
  const said_ms = Date.parse(at)
  if (Number.isNaN(said_ms)) return
  const sample = said_ms - now_ms
  // the local clock was set: what was learned before is worth nothing
  if (samples.length && Math.abs(sample - offset_ms) > 30_000) samples = []
  samples.push(sample)
  if (samples.length > KEPT) samples.shift()
  offset_ms = Math.max(...samples)
}

/** Milliseconds since 1970 on the server. */
export function serverNow(now_ms: number = Date.now()): number {
  return now_ms + offset_ms
}

/** For tests. */
export function forgetServerTime(): void {
  samples = []
  offset_ms = 0
}
