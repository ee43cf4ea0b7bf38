import type { Api, Schemas } from '@pingan/api'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { Asking, asFrames } from './asking'
import { type Book, emptyBook, marks, take } from './protocol'

const EPOCH = '0b7c0000-0000-0000-0000-000000000001'
const AT = '2026-11-24T08:00:00.000Z'

function answer(seq: number, entities = {}, epoch = EPOCH): Schemas['SnapshotOut'] {
  return { at: AT, streams: { account: { epoch, seq, entities } }, positions: [] }
}

function takeAnswer(book: Book, given: Schemas['SnapshotOut']): string[] {
  return asFrames(book, given).map((frame) => take(book, frame).kind)
}

describe('an answer over HTTP', () => {
  it('is the screen, and the socket goes on from its numbers', () => {
    const book = emptyBook()
    expect(takeAnswer(book, answer(7, { order: { o: { id: 'o' } } }))).toEqual(['replaced'])
    expect(marks(book)).toEqual({ account: { epoch: EPOCH, seq: 7 } })
    expect(take(book, { type: 'events', stream: 'account', epoch: EPOCH, events: [{ seq: 8, at: AT, entity: 'order', id: 'o', value: null }] }).kind).toBe('changed')
  })

  it('that an event has overtaken changes nothing', () => {
    const book = emptyBook()
    takeAnswer(book, answer(7, { order: { o: { state: 'accepted' } } }))
    expect(takeAnswer(book, answer(6, { order: { o: { state: 'offered' } } }))).toEqual(['nothing'])
    expect(book.streams['account']!.entities['order']).toEqual({ o: { state: 'accepted' } })
    expect(book.asOf).toBe(AT)
  })

  it('says where people are, to whoever may see that', () => {
    const book = emptyBook()
    const place = { responder_id: 'r', position: { lon: 121.4, lat: 31, crs: 'wgs84' }, captured_at: AT }
    expect(takeAnswer(book, { ...answer(7), positions: [place] })).toEqual(['replaced', 'moved'])
    expect(book.positions.get('r')).toMatchObject({ captured_at: AT })
  })

  it('of another epoch replaces what is known', () => {
    const book = emptyBook()
    takeAnswer(book, answer(7))
    expect(takeAnswer(book, answer(1, {}, '0b7c0000-0000-0000-0000-000000000002'))).toEqual(['replaced'])
  })
})

describe('without a socket', () => {
  beforeEach(() => vi.useFakeTimers())
  afterEach(() => vi.useRealTimers())

  function make(get: () => Promise<unknown>, post = vi.fn(async () => ({ data: {}, response: new Response() }))) {
    const served: boolean[] = []
    const book = emptyBook()
    const asking: Asking = new Asking({ GET: get, POST: post } as unknown as Api, { book: () => book, take: (frame) => take(book, frame), onServed: () => served.push(asking.served) })
    return { asking, served, book, post }
  }

  it('the screen is asked for until one is there, often enough not to be taken for lost', async () => {
    const get = vi.fn(async () => ({ data: answer(3), response: new Response() }))
    const { asking, served } = make(get)
    asking.begin()
    await vi.advanceTimersByTimeAsync(3_900)
    expect(get).not.toHaveBeenCalled()
    await vi.advanceTimersByTimeAsync(16_100)
    expect(get.mock.calls.length).toBeGreaterThanOrEqual(2)
    asking.end()
    expect(served).toEqual([true, false])
    const before = get.mock.calls.length
    await vi.advanceTimersByTimeAsync(60_000)
    expect(get).toHaveBeenCalledTimes(before)
  })

  it('a receipt is said again under one key until the server has it, and then no more', async () => {
    const post = vi.fn(async (_path: string, _options: { headers: Record<string, string> }) => ({ data: {}, response: new Response() }))
    post.mockRejectedValueOnce(new Error('no network'))
    const { asking } = make(async () => ({ data: answer(1), response: new Response() }), post as never)
    for (let turn = 0; turn < 4; turn += 1) {
      asking.acknowledge('m', 'received')
      await vi.advanceTimersByTimeAsync(1)
    }
    expect(asking.acknowledge('m', 'received')).toBe(true)
    const keys = post.mock.calls.map(([, options]) => options.headers['Idempotency-Key'])
    expect(keys).toHaveLength(2)
    expect(new Set(keys).size).toBe(1)
  })
})
