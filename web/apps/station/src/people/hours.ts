/** Opening hours while they are edited: text a person types, one line a day. Pure. */

export const DAYS = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const
export type Day = (typeof DAYS)[number]
export type Hours = Partial<Record<Day, string[][]>>
export type Lines = Record<Day, string>

export const ALL_DAY = '00:00-24:00'
const INTERVAL = /^((?:[01]\d|2[0-3]):[0-5]\d)[-–—~\u81f3]((?:[01]\d|2[0-3]):[0-5]\d|24:00)$/
const MOST = 4

export function toLines(hours: Record<string, string[][]> | null): Lines {
  return Object.fromEntries(DAYS.map((day) => [day, (hours?.[day] ?? []).map((interval) => interval.join('-')).join(' ')])) as Lines
}

/** The intervals of one line; null when it cannot be read. An empty line is a closed day. */
export function readLine(line: string): string[][] | null {
  const parts = line.replaceAll('：', ':').split(/[\s,，、;；]+/).filter(Boolean)
  const intervals = parts.map((part) => INTERVAL.exec(part)).map((found) => (found && found[1] !== found[2] ? [found[1]!, found[2]!] : null))
  return intervals.includes(null) || intervals.length > MOST ? null : (intervals as string[][])
}

/** Null while a line cannot be read. */
export function fromLines(lines: Lines): Hours | null {
  const hours: Hours = {}
  for (const day of DAYS) {
    const intervals = readLine(lines[day])
    if (!intervals) return null
    if (intervals.length) hours[day] = intervals
  }
  return hours
}
