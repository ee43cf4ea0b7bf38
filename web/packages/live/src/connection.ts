/** One live connection that heals itself: ticket, hello, resume, heartbeats, acknowledgements, fixes. No framework. */
import { type Api, Refusal, noteBuild, noteServerTime, ok, serverNow, uuid } from '@pingan/api'
import { Asking, type Receipt, within } from './asking'
import { backoff_ms, wish_ms } from './backoff'
import type { Fix, FixOutcome, ServerFrame } from './frames'
import { type Book, type Verdict, emptyBook, marks, take } from './protocol'

/** `off`: nobody asked for it. `refused`: the login has ended. `asking`: no socket, but the screen is right over HTTP. */
export type LiveStatus = 'off' | 'connecting' | 'live' | 'waiting' | 'refused' | 'asking'

const SILENCE_MS = 45_000
const FORGET_ALL = 4403
const ANSWER_MS = 15_000
/** A socket that does not come to its welcome is given up. */
const OPEN_MS = 15_000
/** The server speaks every 15 s: a socket of which less was heard may be dead without knowing it. */
const DOUBT_AFTER_MS = 16_000
const PONG_MS = 4_000

interface Listener {
  onVerdict?(verdict: Verdict, frame: ServerFrame): void
  onStatus?(status: LiveStatus, retryAt_ms: number | null): void
}

export class LiveConnection {
  book: Book = emptyBook()
  status: LiveStatus = 'off'
  private socket: WebSocket | null = null
  private failures = 0
  private timer: ReturnType<typeof setTimeout> | null = null
  private watchdog: ReturnType<typeof setTimeout> | null = null
  private doubt: ReturnType<typeof setTimeout> | null = null
  private turn = 0
  private heard_ms = 0
  private retryAt_ms: number | null = null
  private readonly asking: Asking
  private readonly waiting = new Map<string, (outcomes: FixOutcome[] | Error) => void>()

  constructor(
    private readonly api: Api,
    private readonly listener: Listener,
    private readonly open: (url: string) => WebSocket = (url) => new WebSocket(url),
  ) {
    this.asking = new Asking(api, {
      book: () => this.book,
      take: (frame) => this.take(frame),
      onServed: () => this.tell(this.status, this.retryAt_ms),
    })
  }

  start(): void {
    if (this.status === 'off' || this.status === 'refused') void this.connect()
  }

  /** Ends it; what was shown is forgotten when `forget` is set (another person logs in). */
  stop(forget = true): void {
    this.turn += 1
    this.clearTimers()
    this.drop(1000)
    if (forget) this.book = emptyBook()
    this.asking.forget()
    this.tell('off')
  }

  /** Do not wait: the network or the screen has just come back. */
  hurry(): void {
    if (this.status !== 'waiting') return
    this.clearTimers()
    this.failures = 0
    void this.connect()
  }

  /** The page is looked at again, or the network is another one: catch up now, whatever the socket believes of itself. */
  wake(): void {
    if (this.status === 'off' || this.status === 'refused') return
    this.hurry()
    if (this.status !== 'live' || Date.now() - this.heard_ms >= DOUBT_AFTER_MS) void this.asking.ask()
    if (this.status !== 'live' || this.doubt) return
    this.send({ type: 'ping', ref: uuid() })
    this.doubt = setTimeout(() => this.reconnect(), PONG_MS)
  }

  /** The network is known to be gone: say so now, not when the silence is noticed. */
  cut(): void {
    if (this.status !== 'live' && this.status !== 'connecting') return
    this.reconnect()
  }

  /** Whether it was said; over HTTP where there is no socket, and then said again until the server has it. */
  acknowledge(messageId: string, step: Receipt): boolean {
    return this.send({ type: 'ack', message_id: messageId, step, ref: uuid() }) || this.asking.acknowledge(messageId, step)
  }

  /** Outcomes of the fixes, in order. Rejects when no answer came: keep them and send them again. */
  sendFixes(fixes: Fix[]): Promise<FixOutcome[]> {
    const ref = uuid()
    return new Promise((resolve, reject) => {
      if (!this.send({ type: 'fixes', ref, fixes })) return reject(new Error('not connected'))
      const timer = setTimeout(() => this.settle(ref, new Error('no answer')), ANSWER_MS)
      this.waiting.set(ref, (answer) => {
        clearTimeout(timer)
        if (answer instanceof Error) reject(answer)
        else resolve(answer)
      })
    })
  }

  private async connect(): Promise<void> {
    const turn = ++this.turn
    this.tell('connecting')
    this.asking.begin()
    try {
      const { ticket } = await ok(this.api.POST('/api/v1/live/tickets', { signal: within(ANSWER_MS) }))
      if (turn !== this.turn) return
      const scheme = location.protocol === 'https:' ? 'wss' : 'ws'
      const socket = this.open(`${scheme}://${location.host}/api/v1/live?ticket=${encodeURIComponent(ticket)}`)
      this.socket = socket
      // an upgrade that nobody answers would otherwise be waited for as long as the system likes
      this.guard(OPEN_MS)
      socket.onopen = () => this.send({ type: 'hello', protocol: 1, last: marks(this.book) })
      socket.onmessage = (message: MessageEvent<string>) => {
        if (turn === this.turn) this.hear(JSON.parse(message.data) as ServerFrame)
      }
      socket.onclose = (event) => {
        if (turn === this.turn) this.closed(event.code, event.reason)
      }
    } catch (error) {
      if (turn !== this.turn) return
      if (error instanceof Refusal && (error.status === 401 || error.status === 403)) this.refuse()
      else this.retry(error instanceof Refusal ? Number(error.extra['retry_after_s'] ?? 0) * 1000 : 0)
    }
  }

  private refuse(): void {
    this.asking.forget()
    this.tell('refused')
  }

  private hear(frame: ServerFrame): void {
    this.guard()
    this.heard_ms = Date.now()
    if ('at' in frame) noteServerTime(frame.at)
    if (frame.type === 'welcome') {
      this.failures = 0
      noteBuild(frame.build)
      this.status = 'live'
      this.asking.end()
      this.tell('live')
    }
    if (frame.type === 'heartbeat') this.send({ type: 'pong' })
    if (frame.type === 'fixes_taken' && frame.ref) this.settle(frame.ref, frame.outcomes)
    if (frame.type === 'error' && frame.problem.ref) this.settle(frame.problem.ref, new Error(frame.problem.title))
    if (this.take(frame) === 'lost') this.reconnect()
  }

  private take(frame: ServerFrame): Verdict['kind'] {
    const verdict = take(this.book, frame)
    this.listener.onVerdict?.(verdict, frame)
    return verdict.kind
  }

  private reconnect(): void {
    this.turn += 1
    this.drop(1000)
    this.retry(0)
  }

  private closed(code: number, reason: string): void {
    this.socket = null
    if (code === FORGET_ALL) {
      this.book = emptyBook()
      this.asking.forget()
      for (const stream of ['account', 'station']) this.listener.onVerdict?.({ kind: 'replaced', stream }, { type: 'resync', stream, reason: 'other-rights' })
    }
    this.retry(wish_ms(reason))
  }

  private retry(atLeast_ms: number): void {
    this.clearTimers()
    for (const ref of [...this.waiting.keys()]) this.settle(ref, new Error('connection lost'))
    const pause = backoff_ms(this.failures, atLeast_ms)
    this.failures += 1
    this.timer = setTimeout(() => void this.connect(), pause)
    this.tell('waiting', serverNow() + pause)
  }

  /** The server says something every 15 s; a socket that is silent for 45 s is dead, whatever it thinks itself. */
  private guard(silence_ms = SILENCE_MS): void {
    if (this.watchdog) clearTimeout(this.watchdog)
    if (this.doubt) clearTimeout(this.doubt)
    this.doubt = null
    this.watchdog = setTimeout(() => this.reconnect(), silence_ms)
  }

  private send(frame: object): boolean {
    if (this.socket?.readyState !== 1) return false
    this.socket.send(JSON.stringify(frame))
    return true
  }

  private settle(ref: string, answer: FixOutcome[] | Error): void {
    const settle = this.waiting.get(ref)
    this.waiting.delete(ref)
    settle?.(answer)
  }

  private drop(code: number): void {
    const socket = this.socket
    this.socket = null
    if (socket) {
      socket.onclose = socket.onmessage = socket.onopen = null
      socket.close(code)
    }
  }

  private clearTimers(): void {
    if (this.timer) clearTimeout(this.timer)
    if (this.watchdog) clearTimeout(this.watchdog)
    if (this.doubt) clearTimeout(this.doubt)
    this.timer = this.watchdog = this.doubt = null
  }

  private tell(status: LiveStatus, retryAt_ms: number | null = null): void {
    this.status = status
    this.retryAt_ms = retryAt_ms
    const shown = this.asking.served && (status === 'connecting' || status === 'waiting') ? 'asking' : status
    this.listener.onStatus?.(shown, retryAt_ms)
  }
}
