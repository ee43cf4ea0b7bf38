/** What is left of the time to answer. Over values, the server's clock handed in. */

export interface Countdown {
  /** Negative: over. An accept still counts until the server has expired the offer. */
  left_ms: number
  /** 1 at the beginning, 0 at the end. */
  part: number
  mood: 'calm' | 'soon' | 'over'
}

const SOON_MS = 10_000

export function countdown(from: string, due: string, now_ms: number): Countdown {
  const whole_ms = Date.parse(due) - Date.parse(from)
  const left_ms = Date.parse(due) - now_ms
  const part = whole_ms > 0 ? Math.min(1, Math.max(0, left_ms / whole_ms)) : 0
  return { left_ms, part, mood: left_ms <= 0 ? 'over' : left_ms <= SOON_MS ? 'soon' : 'calm' }
}
