/** What the phone still has to tell the server: a list over values, no clock, no store, no network. */

export type Kind =
  | 'duty.start' | 'duty.end'
  | 'accept' | 'decline' | 'depart' | 'arrive' | 'complete' | 'withdraw'
  | 'report' | 'photo' | 'sos' | 'panic'
  | 'confirm' | 'more' | 'release' | 'note' | 'incident' | 'form' | 'ratings' | 'appeal' | 'message' | 'read'

export interface Refused {
  slug: string
  status: number
  title: string
  hint: string
  /** What the server says is wrong with each field. */
  faults: string[]
}

export interface Item {
  /** Made here; also the Idempotency-Key, so that whatever is sent twice is done once. */
  id: string
  /** The order in which the person did things. */
  n: number
  /** Things of one lane go one after another: `order:…`, `duty`. */
  lane: string
  kind: Kind
  method: 'POST' | 'PUT' | 'DELETE'
  path: string
  body?: unknown
  headers?: Record<string, string>
  file?: Blob
  /** The server's instant, as well as the phone knows it. */
  made_at: string
  state: 'waiting' | 'sending' | 'done' | 'refused'
  attempts: number
  /** Not before; local clock. */
  next_ms: number
  /** Of a file: how much has gone, 0 to 1. */
  progress?: number
  refused?: Refused
  done_at?: string
}

export type Event =
  | { type: 'restored'; items: Item[] }
  | { type: 'added'; item: Item }
  | { type: 'started'; id: string }
  | { type: 'progressed'; id: string; progress: number }
  | { type: 'done'; id: string; at: string }
  | { type: 'refused'; id: string; why: Refused }
  | { type: 'unreached'; id: string; next_ms: number }
  | { type: 'hurried' }
  | { type: 'dropped'; id: string }
  | { type: 'tidied'; before: string }

const FIRST_MS = 1_000
const MOST_MS = 60_000
/** When one of these is refused, what was to follow in its lane has lost its ground. */
const GROUND: ReadonlySet<Kind> = new Set<Kind>(['accept', 'duty.start'])

/** Half to the whole of a doubling pause: many phones must not come back in the same second. */
export function pause_ms(attempts: number, wish_ms = 0, random: () => number = Math.random): number {
  const most = Math.min(MOST_MS, FIRST_MS * 2 ** Math.min(Math.max(attempts - 1, 0), 10))
  return Math.max(wish_ms, Math.round(most * (0.5 + random() / 2)))
}

export function reduce(items: readonly Item[], event: Event): Item[] {
  switch (event.type) {
    case 'restored': {
      const known = new Set(items.map((item) => item.id))
      // whether a sending one was carried out is unknown: it goes again with its key
      const back = event.items.filter((item) => !known.has(item.id)).map((item) => ({ ...item, state: item.state === 'sending' ? ('waiting' as const) : item.state, next_ms: 0 }))
      return [...back, ...items].sort((a, b) => a.n - b.n)
    }
    case 'added':
      return [...items, event.item]
    case 'started':
      return change(items, event.id, (item) => ({ ...item, state: 'sending', attempts: item.attempts + 1 }))
    case 'progressed':
      return change(items, event.id, (item) => ({ ...item, progress: event.progress }))
    case 'done':
      return change(items, event.id, (item) => ({ ...settled(item), state: 'done', done_at: event.at }))
    case 'refused': {
      const refused = items.find((item) => item.id === event.id)
      const falls = (item: Item): boolean => refused !== undefined && GROUND.has(refused.kind) && item.lane === refused.lane && item.n > refused.n && item.state === 'waiting'
      return items.map((item) => (item.id === event.id || falls(item) ? { ...item, state: 'refused', refused: event.why } : item))
    }
    case 'unreached':
      return change(items, event.id, (item) => ({ ...item, state: 'waiting', next_ms: event.next_ms, progress: 0 }))
    case 'hurried':
      return items.map((item) => (item.state === 'waiting' ? { ...item, next_ms: 0 } : item))
    case 'dropped':
      return items.filter((item) => item.id !== event.id)
    case 'tidied':
      return items.filter((item) => item.state !== 'done' || (item.done_at ?? '') > event.before)
  }
}

/** What may go now: the first of each lane, unless it is on its way or has to wait. */
export function due(items: readonly Item[], now_ms: number): Item[] {
  const lanes = new Set<string>()
  const found: Item[] = []
  for (const item of items) {
    if (item.state === 'done' || item.state === 'refused' || lanes.has(item.lane)) continue
    lanes.add(item.lane)
    if (item.state === 'waiting' && item.next_ms <= now_ms) found.push(item)
  }
  return found
}

/** Milliseconds until something is due; null when nothing waits. */
export function wait_ms(items: readonly Item[], now_ms: number): number | null {
  const lanes = new Set<string>()
  let least: number | null = null
  for (const item of items) {
    if (item.state === 'done' || item.state === 'refused' || lanes.has(item.lane)) continue
    lanes.add(item.lane)
    if (item.state === 'waiting') least = Math.min(least ?? Infinity, Math.max(0, item.next_ms - now_ms))
  }
  return least
}

/** Not yet answered by the server. */
export function isOpen(item: Item): boolean {
  return item.state === 'waiting' || item.state === 'sending'
}

/** May still be taken back: it has never left the phone. */
export function mayDrop(item: Item): boolean {
  return item.state === 'refused' || (item.state === 'waiting' && item.attempts === 0)
}

/** What was answered need not keep what it said: words and pictures leave the phone's memory. */
function settled(item: Item): Item {
  const { body: _, file: __, ...rest } = item
  return rest
}

function change(items: readonly Item[], id: string, how: (item: Item) => Item): Item[] {
  return items.map((item) => (item.id === id ? how(item) : item))
}
