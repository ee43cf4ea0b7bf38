/** Instants and spans as people read them. */

export type Span = { unit: 's' | 'min' | 'h' | 'd'; n: number }

/** The span in its largest whole unit, minutes up to two hours: what a dispatcher says. */
export function span(ms: number): Span {
  const s = Math.max(0, Math.floor(ms / 1000))
  if (s < 60) return { unit: 's', n: s }
  if (s < 7_200) return { unit: 'min', n: Math.floor(s / 60) }
  if (s < 172_800) return { unit: 'h', n: Math.floor(s / 3_600) }
  return { unit: 'd', n: Math.floor(s / 86_400) }
}

/** `04:59`, `1:02:03` */
export function clock(ms: number): string {
  const s = Math.max(0, Math.ceil(ms / 1000))
  const pad = (n: number): string => String(n).padStart(2, '0')
  const h = Math.floor(s / 3_600)
  return `${h ? `${h}:` : ''}${pad(Math.floor((s % 3_600) / 60))}:${pad(s % 60)}`
}

/** Local wall time: `08:04:31`, of another day `11-26 08:04`. */
export function wall(at: string | null | undefined, now_ms: number = Date.now()): string {
  if (!at) return '–'
  const date = new Date(at)
  const pad = (n: number): string => String(n).padStart(2, '0')
  const time = `${pad(date.getHours())}:${pad(date.getMinutes())}`
  if (date.toDateString() === new Date(now_ms).toDateString()) return `${time}:${pad(date.getSeconds())}`
  return `${pad(date.getMonth() + 1)}-${pad(date.getDate())} ${time}`
}

/** `320 m`, `1.4 km` */
export function distance(m: number | null | undefined): string {
  if (m === null || m === undefined) return '–'
  return m < 1_000 ? `${Math.round(m)} m` : `${(m / 1_000).toFixed(1)} km`
}
