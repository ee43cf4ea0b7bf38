import type { Api } from '@pingan/api'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { LiveConnection, type LiveStatus } from './connection'

const AT = '2026-11-24T08:00:00.000Z'
const WELCOME = { type: 'welcome', protocol: 1, at: AT, account_id: 'a', role: 'guard', streams: ['account'], heartbeat_s: 15, silence_s: 40 }

class Wire {
  readyState = 0
  sent: Record<string, unknown>[] = []
  onopen: (() => void) | null = null
  onmessage: ((message: { data: string }) => void) | null = null
  onclose: ((event: { code: number; reason: string }) => void) | null = null

  send(text: string): void {
    this.sent.push(JSON.parse(text) as Record<string, unknown>)
  }

  close(): void {
    this.readyState = 3
  }

  begin(): void {
    this.readyState = 1
    this.onopen?.()
    this.say(WELCOME)
  }

  say(frame: object): void {
    this.onmessage?.({ data: JSON.stringify(frame) })
  }

  break(): void {
    this.readyState = 3
    this.onclose?.({ code: 1006, reason: '' })
  }
}

describe('a page that is looked at again', () => {
  beforeEach(() => vi.useFakeTimers())
  afterEach(() => vi.useRealTimers())

  function make() {
    const wires: Wire[] = []
    const statuses: LiveStatus[] = []
    const GET = vi.fn(async () => ({ data: { at: AT, positions: [], streams: { account: { epoch: 'e', seq: 1, entities: {} } } }, response: new Response() }))
    const POST = vi.fn(async () => ({ data: { ticket: 't' }, response: new Response() }))
    const connection = new LiveConnection({ GET, POST } as unknown as Api, { onStatus: (status) => statuses.push(status) }, () => {
      const wire = new Wire()
      wires.push(wire)
      return wire as unknown as WebSocket
    })
    return { connection, wires, statuses, GET }
  }

  it('asks its socket, keeps one that answers, and replaces one that does not', async () => {
    const { connection, wires } = make()
    connection.start()
    await vi.advanceTimersByTimeAsync(1)
    wires[0]!.begin()
    connection.wake()
    expect(wires[0]!.sent.map((frame) => frame['type'])).toContain('ping')
    wires[0]!.say({ type: 'pong', at: AT })
    await vi.advanceTimersByTimeAsync(10_000)
    expect(wires).toHaveLength(1)

    connection.wake()
    await vi.advanceTimersByTimeAsync(6_000)
    expect(wires).toHaveLength(2)
    connection.stop()
  })

  it('does not wait for a socket that was silent for long: it asks over HTTP at once', async () => {
    const { connection, wires, GET } = make()
    connection.start()
    await vi.advanceTimersByTimeAsync(1)
    wires[0]!.begin()
    connection.wake()
    wires[0]!.say({ type: 'pong', at: AT })
    expect(GET).not.toHaveBeenCalled()
    await vi.advanceTimersByTimeAsync(20_000)
    connection.wake()
    expect(GET).toHaveBeenCalledTimes(1)
    connection.stop()
  })

  it('is right without a socket, says so, and says no more once one is there', async () => {
    const { connection, wires, statuses } = make()
    connection.start()
    for (let turn = 0; turn < 60; turn += 1) {
      await vi.advanceTimersByTimeAsync(250)
      const wire = wires[wires.length - 1]
      if (wire && wire.readyState === 0) wire.break()
    }
    expect(statuses[statuses.length - 1]).toBe('asking')
    expect(connection.book.streams['account']!.seq).toBe(1)
    const before = wires.length
    while (wires.length === before) await vi.advanceTimersByTimeAsync(1_000)
    wires[wires.length - 1]!.begin()
    expect(statuses[statuses.length - 1]).toBe('live')
    connection.stop()
  })
})
