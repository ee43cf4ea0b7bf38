import { describe, expect, it } from 'vitest'
import type { LiveEvent, LivePosition, ServerFrame } from './frames'
import { type Book, NEVER, emptyBook, isKnown, marks, take } from './protocol'

const EPOCH = '0b7c0000-0000-0000-0000-000000000001'
const AT = '2026-11-24T08:00:00.000Z'

function snapshot(seq: number, entities = {}, epoch = EPOCH): ServerFrame {
  return { type: 'snapshot', stream: 'station', epoch, seq, at: AT, entities }
}

function events(...list: [seq: number, entity: string, id: string, value: unknown][]): ServerFrame {
  return { type: 'events', stream: 'station', epoch: EPOCH, events: list.map(([seq, entity, id, value]): LiveEvent => ({ seq, at: AT, entity, id, value })) }
}

function position(id: string): LivePosition {
  return { responder_id: id, position: { lon: 121.4, lat: 31, crs: 'wgs84' }, captured_at: AT, accuracy_m: 8, speed_mps: null, heading_deg: null, battery_pct: null }
}

function bookAt(seq: number, entities = {}): Book {
  const book = emptyBook()
  take(book, snapshot(seq, entities))
  return book
}

describe('a stream', () => {
  it('begins with a snapshot, which replaces what was there', () => {
    const book = bookAt(3, { incident: { a: { id: 'a' } } })
    expect(take(book, snapshot(9, { incident: { b: { id: 'b' } } }))).toEqual({ kind: 'replaced', stream: 'station' })
    expect(Object.keys(book.streams['station']!.entities['incident']!)).toEqual(['b'])
    expect(marks(book)).toEqual({ station: { epoch: EPOCH, seq: 9 } })
  })

  it('takes the next event whole, and null takes it off the screen', () => {
    const book = bookAt(3, { incident: { a: { id: 'a', state: 'received', level: 2 } } })
    const verdict = take(book, events([4, 'incident', 'a', { id: 'a', state: 'arrived' }], [5, 'order', 'o', { id: 'o' }]))
    expect(verdict).toEqual({ kind: 'changed', stream: 'station', entities: [['incident', 'a'], ['order', 'o']] })
    expect(book.streams['station']!.entities['incident']!['a']).toEqual({ id: 'a', state: 'arrived' })
    take(book, events([6, 'incident', 'a', null]))
    expect(book.streams['station']!.entities['incident']).toEqual({})
  })

  it('ignores what it has already', () => {
    const book = bookAt(5, { incident: { a: { id: 'a' } } })
    expect(take(book, events([4, 'incident', 'a', null], [5, 'incident', 'a', null]))).toMatchObject({ entities: [] })
    expect(book.streams['station']!.entities['incident']).toEqual({ a: { id: 'a' } })
  })

  it('is lost when a number is missing, and is then asked for whole', () => {
    const book = bookAt(5)
    expect(take(book, events([7, 'incident', 'a', {}]))).toEqual({ kind: 'lost', stream: 'station' })
    expect(marks(book)).toEqual({})
  })

  it('is lost when the epoch is another one', () => {
    const book = bookAt(5)
    expect(take(book, { ...events([6, 'incident', 'a', {}]), epoch: 'other' } as ServerFrame)).toEqual({ kind: 'lost', stream: 'station' })
  })

  it('takes the first epoch after a time when nothing had ever happened', () => {
    const book = emptyBook()
    take(book, snapshot(0, {}, NEVER))
    expect(take(book, events([1, 'incident', 'a', { id: 'a' }]))).toMatchObject({ kind: 'changed' })
    expect(marks(book)).toEqual({ station: { epoch: EPOCH, seq: 1 } })
  })

  it('is unknown from resync to snapshot', () => {
    const book = bookAt(5)
    take(book, { type: 'resync', stream: 'station', reason: 'log-restarted' })
    expect(book.streams['station']!.known).toBe(false)
    expect(take(book, events([6, 'incident', 'a', {}]))).toEqual({ kind: 'nothing' })
    take(book, snapshot(9))
    expect(book.streams['station']!.known).toBe(true)
  })

  it('that was promised and has not come leaves the screen unknown', () => {
    const book = emptyBook()
    expect(isKnown(book)).toBe(false)
    take(book, { type: 'welcome', protocol: 1, at: AT, account_id: 'a', role: 'dispatcher', streams: ['account', 'station'], heartbeat_s: 15, silence_s: 45 })
    take(book, { ...snapshot(3), stream: 'account' } as ServerFrame)
    expect(isKnown(book)).toBe(false)
    expect(Object.keys(marks(book))).toEqual(['account'])
    take(book, snapshot(9))
    expect(isKnown(book)).toBe(true)
  })

  it('is lost when the heartbeat tells of events that never came', () => {
    const book = bookAt(5)
    expect(take(book, { type: 'heartbeat', at: AT, streams: { station: { epoch: EPOCH, seq: 6 } } })).toEqual({ kind: 'lost', stream: 'station' })
  })
})

describe('positions', () => {
  it('go with the duty of whose they are', () => {
    const book = bookAt(1, { responder: { r: { id: 'r', on_duty: true }, s: { id: 's', on_duty: true } } })
    take(book, { type: 'positions', at: AT, positions: [position('r'), position('s')] })
    take(book, events([2, 'responder', 'r', { id: 'r', on_duty: false }], [3, 'responder', 's', null]))
    expect([...book.positions.keys()]).toEqual([])
  })

  it('of strangers are forgotten with a new snapshot', () => {
    const book = bookAt(1, { responder: { r: { id: 'r', on_duty: true } } })
    take(book, { type: 'positions', at: AT, positions: [position('r')] })
    take(book, snapshot(2, { responder: {} }))
    expect(book.positions.size).toBe(0)
  })
})

describe('the age of the screen', () => {
  it('is the newest word of the server and never goes back', () => {
    const book = bookAt(1)
    take(book, { type: 'heartbeat', at: '2026-11-24T08:00:15.000Z', streams: {} })
    take(book, { type: 'positions', at: '2026-11-24T08:00:10.000Z', positions: [] })
    expect(book.asOf).toBe('2026-11-24T08:00:15.000Z')
  })

  it('is unknown before anything has come', () => {
    expect(emptyBook().asOf).toBeNull()
  })
})

it('ignores frames of a type that it does not know', () => {
  const book = bookAt(1)
  expect(take(book, { type: 'tomorrow' } as unknown as ServerFrame)).toEqual({ kind: 'nothing' })
})
