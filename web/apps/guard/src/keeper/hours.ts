/** Opening hours as the server keeps them; their days are those of China, whatever the phone's clock is set to. */

export const DAYS = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const
export type Day = (typeof DAYS)[number]
export type Hours = Partial<Record<Day, string[][]>>

const SHANGHAI_MS = 8 * 3_600_000

export function today(now_ms: number): Day {
  // 1970-01-01 was a Thursday
  return DAYS[(Math.floor((now_ms + SHANGHAI_MS) / 86_400_000) + 3) % 7]!
}
