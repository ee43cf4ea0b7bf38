/** `11-27`: the day of an instant where the phone is. */
export function dayOf(at: string): string {
  const date = new Date(at)
  return `${String(date.getMonth() + 1).padStart(2, '0')}-${String(date.getDate()).padStart(2, '0')}`
}

/** The hour and minute of an instant, with its day where that is another one. */
export function hourOf(at: string | null | undefined, now_ms: number): string {
  if (!at) return '–'
  const date = new Date(at)
  const pad = (n: number): string => String(n).padStart(2, '0')
  const time = `${pad(date.getHours())}:${pad(date.getMinutes())}`
  return date.toDateString() === new Date(now_ms).toDateString() ? time : `${pad(date.getMonth() + 1)}-${pad(date.getDate())} ${time}`
}
