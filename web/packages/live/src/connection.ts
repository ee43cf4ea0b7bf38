/** One live connection that heals itself: ticket, hello, resume, heartbeats, acknowledgements, fixes. No framework. */
import { type Api, Refusal, noteBuild, noteServerTime, ok, serverNow, uuid } from '@pingan/api'
import { backoff_ms, wish_ms } from './backoff'
import type { Fix, FixOutcome, ServerFrame } from './frames'
import { type Book, type Verdict, emptyBook, marks, screenFrames, take } from './protocol'

/** `off`: nobody asked for it. `refused`: the login has ended. `polling`: no socket gets through, the screen comes by HTTP. */
export type LiveStatus = 'off' | 'connecting' | 'live' | 'polling' | 'waiting' | 'refused'

const SILENCE_MS = 45_000
/** An upgrade that nobody has answered for so long is not answered any more. */
const OPEN_MS = 10_000
/** So many sockets in a row without an answer, while tickets are given: something on the way lets none through. */
const BLOCKED_AFTER = 2
const POLL_MS = 10_000
const FORGET_ALL = 4403
const ANSWER_MS = 15_000

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
  private turn = 0
  private unanswered = 0
  private poller: ReturnType<typeof setInterval> | null = null
  /** Whether the newest screen by HTTP has come. */
  private polled = false
  private readonly waiting = new Map<string, (outcomes: FixOutcome[] | Error) => void>()

  constructor(
    private readonly api: Api,
    private readonly listener: Listener,
    private readonly open: (url: string) => WebSocket = (url) => new WebSocket(url),
  ) {}

  start(): void {
    if (this.status === 'off' || this.status === 'refused') void this.connect()
  }

  /** Ends it; what was shown is forgotten when `forget` is set (another person logs in). */
  stop(forget = true): void {
    this.turn += 1
    this.stopPolling()
    this.unanswered = 0
    this.clearTimers()
    this.drop(1000)
    if (forget) this.book = emptyBook()
    this.tell('off')
  }

  /** Do not wait: the network or the screen has just come back. */
  hurry(): void {
    if (!this.timer) return
    this.clearTimers()
    this.failures = 0
    void this.connect()
  }

  /** The network is known to be gone: say so now, not when the silence is noticed. */
  cut(): void {
    if (!['live', 'connecting', 'polling'].includes(this.status)) return
    this.polled = false
    this.turn += 1
    this.drop(1000)
    this.retry(0)
  }

  acknowledge(messageId: string, step: 'received' | 'shown'): boolean {
    if (this.send({ type: 'ack', message_id: messageId, step, ref: uuid() })) return true
    if (!this.polled) return false
    this.api.POST('/api/v1/messages/{message_id}/receipts', { params: { path: { message_id: messageId } }, body: { step } }).catch(() => undefined)
    return true
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
    this.timer = null
    this.tell('connecting')
    try {
      const { ticket } = await ok(this.api.POST('/api/v1/live/tickets'))
      if (turn !== this.turn) return
      const scheme = location.protocol === 'https:' ? 'wss' : 'ws'
      const socket = this.open(`${scheme}://${location.host}/api/v1/live?ticket=${encodeURIComponent(ticket)}`)
      this.socket = socket
      // an upgrade that nobody answers would otherwise be waited for as long as the system likes
      this.unanswered += 1
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
      if (error instanceof Refusal && (error.status === 401 || error.status === 403)) {
        this.stopPolling()
        this.tell('refused')
      }
      else this.retry(error instanceof Refusal ? Number(error.extra['retry_after_s'] ?? 0) * 1000 : 0)
    }
  }

  private hear(frame: ServerFrame): void {
    this.guard()
    if ('at' in frame) noteServerTime(frame.at)
    if (frame.type === 'welcome') {
      this.failures = 0
      this.unanswered = 0
      this.stopPolling()
      noteBuild(frame.build)
      this.tell('live')
    }
    if (frame.type === 'heartbeat') this.send({ type: 'pong' })
    if (frame.type === 'fixes_taken' && frame.ref) this.settle(frame.ref, frame.outcomes)
    if (frame.type === 'error' && frame.problem.ref) this.settle(frame.problem.ref, new Error(frame.problem.title))
    const verdict = take(this.book, frame)
    this.listener.onVerdict?.(verdict, frame)
    if (verdict.kind === 'lost') {
      this.turn += 1
      this.drop(1000)
      this.retry(0)
    }
  }

  private closed(code: number, reason: string): void {
    this.socket = null
    if (code === FORGET_ALL) {
      this.book = emptyBook()
      for (const stream of ['account', 'station']) this.listener.onVerdict?.({ kind: 'replaced', stream }, { type: 'resync', stream, reason: 'other-rights' })
    }
    this.retry(wish_ms(reason))
  }

  private retry(atLeast_ms: number): void {
    this.clearTimers()
    for (const ref of [...this.waiting.keys()]) this.settle(ref, new Error('connection lost'))
    const pause = backoff_ms(this.failures, atLeast_ms)
    this.failures += 1
    if (this.unanswered >= BLOCKED_AFTER) this.startPolling()
    this.timer = setTimeout(() => void this.connect(), pause)
    this.tell('waiting', serverNow() + pause)
  }

  /** The server says something every 15 s; a socket that is silent for 45 s is dead, whatever it thinks itself. */
  private guard(patience_ms = SILENCE_MS): void {
    if (this.watchdog) clearTimeout(this.watchdog)
    this.watchdog = setTimeout(() => {
      this.turn += 1
      this.drop(1000)
      this.retry(0)
    }, patience_ms)
  }

  /** The same screen by HTTP, until a socket gets through; tried all the while. */
  private startPolling(): void {
    if (this.poller) return
    this.poller = setInterval(() => void this.poll(), POLL_MS)
    void this.poll()
  }

  private stopPolling(): void {
    if (this.poller) clearInterval(this.poller)
    this.poller = null
    this.polled = false
  }

  private async poll(): Promise<void> {
    try {
      const { at, streams, positions } = await ok(this.api.GET('/api/v1/live/snapshot'))
      if (!this.poller) return
      noteServerTime(at)
      this.polled = true
      for (const frame of screenFrames(at, streams, positions)) this.listener.onVerdict?.(take(this.book, frame), frame)
      this.tell('polling')
    } catch {
      if (!this.poller) return
      this.polled = false
      this.tell('waiting', serverNow() + POLL_MS)
    }
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
    this.timer = this.watchdog = null
  }

  private tell(status: LiveStatus, retryAt_ms: number | null = null): void {
    // between two tries the screen is as good as the last answer
    this.status = this.polled && (status === 'connecting' || status === 'waiting') ? 'polling' : status
    this.listener.onStatus?.(this.status, retryAt_ms)
  }
}
