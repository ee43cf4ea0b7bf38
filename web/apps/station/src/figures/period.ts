/** Periods as a station speaks of them: whole days and weeks by the clock of China, whatever the device's zone. */

export type Preset = 'thisWeek' | 'lastWeek' | 'thisMonth' | 'lastMonth' | 'days30'
export const PRESETS: readonly Preset[] = ['thisWeek', 'lastWeek', 'thisMonth', 'lastMonth', 'days30']

export interface Period {
  /** Instants, the second one excluded. */
  from: string
  to: string
}

const DAY_MS = 86_400_000
const CHINA_MS = 8 * 3_600_000

/** Midnight in China of that day, as an instant. */
function midnight(year: number, month: number, day: number): number {
  return Date.UTC(year, month, day) - CHINA_MS
}

export function periodOf(preset: Preset, now_ms: number): Period {
  const local = new Date(now_ms + CHINA_MS)
  const [year, month, day] = [local.getUTCFullYear(), local.getUTCMonth(), local.getUTCDate()]
  const monday = midnight(year, month, day) - ((local.getUTCDay() + 6) % 7) * DAY_MS
  const bounds: Record<Preset, [number, number]> = {
    thisWeek: [monday, monday + 7 * DAY_MS],
    lastWeek: [monday - 7 * DAY_MS, monday],
    thisMonth: [midnight(year, month, 1), midnight(year, month + 1, 1)],
    lastMonth: [midnight(year, month - 1, 1), midnight(year, month, 1)],
    days30: [midnight(year, month, day) - 29 * DAY_MS, midnight(year, month, day) + DAY_MS],
  }
  const [from, to] = bounds[preset]
  return { from: new Date(from).toISOString(), to: new Date(to).toISOString() }
}

/** The days of an ISO week, `2026-W48` → `Nov 23 – Nov 29`; as it is where it is none. */
export function weekOf(key: string, locale: string): string {
  const found = /^(\d{4})-W(\d\d)$/.exec(key)
  if (!found) return key
  // the fourth of January is in the first week, whatever the year
  const fourth = Date.UTC(Number(found[1]), 0, 4)
  const monday = fourth - ((new Date(fourth).getUTCDay() + 6) % 7) * DAY_MS + (Number(found[2]) - 1) * 7 * DAY_MS
  const say = new Intl.DateTimeFormat(locale, { month: 'short', day: 'numeric', timeZone: 'UTC' })
  return `${say.format(monday)} – ${say.format(monday + 6 * DAY_MS)}`
}

/** The dates of two date fields, both days included; null while they make no period. */
export function periodBetween(first: string, last: string): Period | null {
  const from = Date.parse(`${first}T00:00:00+08:00`)
  const to = Date.parse(`${last}T00:00:00+08:00`) + DAY_MS
  if (!(from < to)) return null
  return { from: new Date(from).toISOString(), to: new Date(to).toISOString() }
}

/** `2026-11-27`, the day in China. */
export function dayOf(instant: string, minus_ms = 0): string {
  return new Date(Date.parse(instant) - minus_ms + CHINA_MS).toISOString().slice(0, 10)
}
