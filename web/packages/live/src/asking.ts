/** The screen without a socket: the same snapshot over HTTP, taken into the same book, and receipts over HTTP. */
import { type Api, type Schemas, ok, once, uuid } from '@pingan/api'
import type { Entities, LivePosition, ServerFrame } from './frames'
import { type Book, expectStreams } from './protocol'

/** So long a socket may be missed before the screen is asked for over HTTP. */
const ASK_AFTER_MS = 4_000
/** As docs/live-protocol.md has it: a phone that asks so often is not lost. */
const ASK_EVERY_MS = 9_000
/** Looked at again twice in a moment is once. */
const ASK_AGAIN_MS = 2_000
const ANSWER_MS = 8_000

export type Receipt = 'received' | 'shown'

interface Side {
  book(): Book
  take(frame: ServerFrame): void
  /** Whether the screen hangs on these answers changed. */
  onServed(): void
}

/** For a request that a dead network would never answer. */
export function within(ms: number): AbortSignal {
  const control = new AbortController()
  setTimeout(() => control.abort(), ms)
  return control.signal
}

/**
 * An answer as frames of the socket. A stream of which the book is as far, or further, is only confirmed: an answer
 * may have been overtaken by an event.
 */
export function asFrames(book: Book, answer: Schemas['SnapshotOut']): ServerFrame[] {
  const screens = Object.entries(answer.streams).map(([stream, { epoch, seq, entities }]): ServerFrame => {
    const own = book.streams[stream]
    if (own?.known && own.epoch === epoch && own.seq >= seq) return { type: 'heartbeat', at: answer.at, streams: {} }
    return { type: 'snapshot', stream, epoch, seq, at: answer.at, entities: entities as Entities }
  })
  if (!answer.positions.length) return screens
  return [...screens, { type: 'positions', at: answer.at, positions: answer.positions as unknown as LivePosition[] }]
}

export class Asking {
  /** The last answer came: the screen is right without a socket. */
  served = false
  private timer: ReturnType<typeof setTimeout> | null = null
  private turn = 0
  private asked_ms = -Infinity
  private asking = false
  private readonly receipts = new Map<string, { key: string; state: 'open' | 'sending' | 'done' }>()

  constructor(
    private readonly api: Api,
    private readonly side: Side,
  ) {}

  /** From now on, until `end`, the screen is asked for again and again. */
  begin(): void {
    this.timer ??= setTimeout(() => void this.round(), ASK_AFTER_MS * (1 + Math.random() / 2))
  }

  end(): void {
    this.turn += 1
    if (this.timer) clearTimeout(this.timer)
    this.timer = null
    this.serve(false)
  }

  /** Another person, other rights: what was said for the last one counts no more. */
  forget(): void {
    this.end()
    this.receipts.clear()
  }

  /** Once, now. */
  async ask(): Promise<void> {
    if (this.asking || Date.now() - this.asked_ms < ASK_AGAIN_MS) return
    const turn = this.turn
    this.asking = true
    this.asked_ms = Date.now()
    try {
      const answer = await ok(this.api.GET('/api/v1/live/snapshot', { signal: within(ANSWER_MS) }))
      if (turn !== this.turn) return
      expectStreams(this.side.book(), Object.keys(answer.streams))
      for (const frame of asFrames(this.side.book(), answer)) this.side.take(frame)
      this.serve(this.timer !== null)
    } catch {
      // the socket's own next try finds out whether the login has ended
      this.serve(false)
    } finally {
      this.asking = false
    }
  }

  /** Whether the server has it by now; said again under the same key until it has. */
  acknowledge(messageId: string, step: Receipt): boolean {
    const name = `${messageId}/${step}`
    const receipt = this.receipts.get(name) ?? { key: uuid(), state: 'open' }
    this.receipts.set(name, receipt)
    if (receipt.state === 'open') {
      receipt.state = 'sending'
      const sent = ok(this.api.POST('/api/v1/messages/{message_id}/receipts', { params: { path: { message_id: messageId } }, body: { step }, headers: once(receipt.key), signal: within(ANSWER_MS) }))
      sent.then(() => (receipt.state = 'done'), () => (receipt.state = 'open'))
    }
    return receipt.state === 'done'
  }

  private async round(): Promise<void> {
    const turn = this.turn
    await this.ask()
    if (turn === this.turn) this.timer = setTimeout(() => void this.round(), ASK_EVERY_MS * (1 + Math.random() / 5))
  }

  private serve(now: boolean): void {
    if (this.served === now) return
    this.served = now
    this.side.onServed()
  }
}
