/** The rules of streams and numbers, over values: no socket, no clock, no framework. */
import type { Entities, LiveEvent, LivePosition, Mark, ServerFrame } from './frames'

export interface Stream {
  epoch: string
  seq: number
  entities: Entities
  /** False until the first `snapshot`, and between `resync` and `snapshot`: what is shown may be wrong. */
  known: boolean
}

export interface Book {
  streams: Record<string, Stream>
  positions: Map<string, LivePosition>
  /** The server's last word of how fresh this is; null before the first. */
  asOf: string | null
}

export type Verdict =
  | { kind: 'nothing' }
  /** These entities are other than before, or gone. */
  | { kind: 'changed'; stream: string; entities: [entity: string, id: string][] }
  /** Everything of the stream is new. */
  | { kind: 'replaced'; stream: string }
  | { kind: 'moved'; ids: string[] }
  /** Something was lost: connect anew without this stream's mark. */
  | { kind: 'lost'; stream: string }

/** An epoch of zeros with number 0: nothing has ever happened in that stream. */
export const NEVER = '00000000-0000-0000-0000-000000000000'

export function emptyBook(): Book {
  return { streams: {}, positions: new Map(), asOf: null }
}

/** What to say in `hello`: a stream that is not known gets a snapshot. */
export function marks(book: Book): Record<string, Mark> {
  const known = Object.entries(book.streams).filter(([, stream]) => stream.known)
  return Object.fromEntries(known.map(([name, { epoch, seq }]) => [name, { epoch, seq }]))
}

/** These streams are to come: until the snapshot of each is here, the screen is not known. */
export function expectStreams(book: Book, names: string[]): void {
  for (const name of names) book.streams[name] ??= { epoch: NEVER, seq: 0, entities: {}, known: false }
}

/** Whether all that belongs on the screen is there: an empty list is an empty list only then. */
export function isKnown(book: Book): boolean {
  const streams = Object.values(book.streams)
  return streams.length > 0 && streams.every((stream) => stream.known)
}

/** Take a frame into the book and say what has changed by it. Frames of an unknown type change nothing. */
export function take(book: Book, frame: ServerFrame): Verdict {
  switch (frame.type) {
    case 'welcome':
      expectStreams(book, frame.streams)
      return { kind: 'nothing' }
    case 'snapshot': {
      const { stream, epoch, seq, entities, at } = frame
      book.streams[stream] = { epoch, seq, entities, known: true }
      book.asOf = newest(book.asOf, at)
      if (stream === 'station') dropStrangers(book)
      return { kind: 'replaced', stream }
    }
    case 'events':
      return takeEvents(book, frame.stream, frame.epoch, frame.events)
    case 'resync': {
      const stream = book.streams[frame.stream]
      if (stream) stream.known = false
      return { kind: 'changed', stream: frame.stream, entities: [] }
    }
    case 'positions':
      book.asOf = newest(book.asOf, frame.at)
      for (const position of frame.positions) book.positions.set(position.responder_id, position)
      return { kind: 'moved', ids: frame.positions.map((position) => position.responder_id) }
    case 'heartbeat': {
      for (const [name, mark] of Object.entries(frame.streams)) {
        const stream = book.streams[name]
        if (stream?.known && stream.epoch === mark.epoch && stream.seq < mark.seq) return lose(book, name)
      }
      book.asOf = newest(book.asOf, frame.at)
      return { kind: 'nothing' }
    }
    default:
      return { kind: 'nothing' }
  }
}

function takeEvents(book: Book, name: string, epoch: string, events: LiveEvent[]): Verdict {
  const stream = book.streams[name]
  // between resync and snapshot, or before any: the snapshot holds them
  if (!stream?.known) return { kind: 'nothing' }
  if (stream.epoch !== epoch) {
    if (stream.epoch !== NEVER || stream.seq !== 0) return lose(book, name)
    stream.epoch = epoch
  }
  const changed: [string, string][] = []
  for (const event of events) {
    if (event.seq <= stream.seq) continue
    if (event.seq !== stream.seq + 1) return lose(book, name)
    put(stream.entities, event)
    if (event.entity === 'responder') forgetIfOff(book, event)
    stream.seq = event.seq
    book.asOf = newest(book.asOf, event.at)
    changed.push([event.entity, event.id])
  }
  return { kind: 'changed', stream: name, entities: changed }
}

function put(entities: Entities, { entity, id, value }: LiveEvent): void {
  const kept = (entities[entity] ??= {})
  if (value === null) delete kept[id]
  else kept[id] = value
}

/** Who is off duty is nowhere: his last position must not stay on the map. */
function forgetIfOff(book: Book, { id, value }: LiveEvent): void {
  const responder = value as { on_duty?: boolean } | null
  if (responder === null || responder.on_duty === false) book.positions.delete(id)
}

function dropStrangers(book: Book): void {
  const responders = book.streams['station']?.entities['responder'] as Record<string, { on_duty: boolean }> | undefined
  for (const id of [...book.positions.keys()]) if (!responders?.[id]?.on_duty) book.positions.delete(id)
}

function lose(book: Book, name: string): Verdict {
  const stream = book.streams[name]
  if (stream) stream.known = false
  return { kind: 'lost', stream: name }
}

function newest(before: string | null, at: string): string {
  return before !== null && Date.parse(before) > Date.parse(at) ? before : at
}
