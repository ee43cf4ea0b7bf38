import { describe, expect, it } from 'vitest'
import { type Item, type Kind, due, mayDrop, pause_ms, reduce, wait_ms } from './outbox'

function item(n: number, kind: Kind = 'depart', lane = 'order:1', more: Partial<Item> = {}): Item {
  return { id: `i${n}`, n, lane, kind, method: 'POST', path: '/x', made_at: '2026-11-24T08:00:00Z', state: 'waiting', attempts: 0, next_ms: 0, ...more }
}

const WHY = { slug: 'offer-taken', status: 409, title: '名额已满', hint: '无需前往', faults: [] }

describe('what goes next', () => {
  it('is the first of each lane, and lanes do not wait for each other', () => {
    const items = [item(1), item(2), item(3, 'sos', 'sos:1')]
    expect(due(items, 0).map((i) => i.id)).toEqual(['i1', 'i3'])
  })

  it('is nothing of a lane whose first one is on its way or has to wait', () => {
    expect(due(reduce([item(1), item(2)], { type: 'started', id: 'i1' }), 0)).toEqual([])
    expect(due([item(1, 'depart', 'a', { next_ms: 500 }), item(2, 'arrive', 'a')], 499)).toEqual([])
    expect(wait_ms([item(1, 'depart', 'a', { next_ms: 500 }), item(2, 'arrive', 'a')], 100)).toBe(400)
  })

  it('is the one behind a refused one, which the server judges by itself', () => {
    const items = reduce([item(1, 'report'), item(2, 'photo')], { type: 'refused', id: 'i1', why: WHY })
    expect(due(items, 0).map((i) => i.id)).toEqual(['i2'])
  })
})

describe('a refusal', () => {
  it('of an accept takes along what was to follow on the same order, and nothing else', () => {
    const items = [item(1, 'accept'), item(2, 'depart'), item(3, 'depart', 'order:2')]
    const after = reduce(items, { type: 'refused', id: 'i1', why: WHY })
    expect(after.map((i) => i.state)).toEqual(['refused', 'refused', 'waiting'])
    expect(after[1]!.refused?.slug).toBe('offer-taken')
  })
})

describe('after a restart of the phone', () => {
  it('what was on its way goes again with its own id, in its old place', () => {
    const stored = [item(1, 'accept', 'order:1', { state: 'sending', attempts: 3, next_ms: 9e15 })]
    const items = reduce([item(2)], { type: 'restored', items: stored })
    expect(items.map((i) => [i.id, i.state, i.next_ms])).toEqual([['i1', 'waiting', 0], ['i2', 'waiting', 0]])
  })

  it('nothing is there twice', () => {
    expect(reduce([item(1)], { type: 'restored', items: [item(1)] })).toHaveLength(1)
  })
})

describe('an item', () => {
  it('may be taken back only while it has never left the phone', () => {
    expect(mayDrop(item(1))).toBe(true)
    expect(mayDrop(item(1, 'accept', 'order:1', { attempts: 1 }))).toBe(false)
  })

  it('keeps no words and no picture once the server has it', () => {
    const done = reduce([item(1, 'report', 'order:1', { body: { text: '门卫室' } })], { type: 'done', id: 'i1', at: '2026-11-24T08:00:09Z' })[0]!
    expect(done.state).toBe('done')
    expect('body' in done).toBe(false)
  })

  it('is cleared away some time after it is done', () => {
    const items = [item(1, 'depart', 'a', { state: 'done', done_at: '2026-11-24T08:00:00Z' }), item(2)]
    expect(reduce(items, { type: 'tidied', before: '2026-11-24T08:10:00Z' }).map((i) => i.id)).toEqual(['i2'])
  })

  it('hurries when the network is back', () => {
    expect(due(reduce([item(1, 'depart', 'a', { next_ms: 9e9 })], { type: 'hurried' }), 0)).toHaveLength(1)
  })
})

describe('the pause before the next try', () => {
  it('doubles up to a minute, is random in its upper half, and is never shorter than the server wishes', () => {
    expect(pause_ms(1, 0, () => 0)).toBe(500)
    expect(pause_ms(1, 0, () => 1)).toBe(1_000)
    expect(pause_ms(4, 0, () => 1)).toBe(8_000)
    expect(pause_ms(60, 0, () => 1)).toBe(60_000)
    expect(pause_ms(1, 5_000, () => 0)).toBe(5_000)
  })
})
