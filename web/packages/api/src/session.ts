/** One login of one app in one browser: tokens, who it is, renewed by one request at a time, also over several tabs. */
import type { components } from './schema'
import { Unreachable, readRefusal } from './problem'

type Tokens = components['schemas']['TokensOut']
export type App = 'console' | 'guard' | 'station' | 'gate'
export type EndOfLogin = 'logged-out' | 'refused'

/** Renewed so long before it ends. */
const MARGIN_MS = 30_000

export class LoginSession {
  private tokens: Tokens | null = null
  private renewing: Promise<string | null> | null = null
  private readonly listeners = new Set<(why: EndOfLogin) => void>()

  constructor(readonly app: App, private readonly store: Storage = localStorage) {
    this.read()
    if (typeof window !== 'undefined') {
      // another tab of this app has logged in, out, or renewed
      window.addEventListener('storage', (event) => {
        if (event.key !== this.key) return
        const had = this.active
        this.read()
        if (had && !this.active) this.tell('logged-out')
      })
    }
  }

  get active(): boolean {
    return this.tokens !== null
  }

  get accountId(): string | null {
    return this.tokens?.account_id ?? null
  }

  /** What this device was called at its last login, so that it stays the same one. */
  get deviceId(): string | null {
    return this.store.getItem(this.deviceKey)
  }

  keep(tokens: Tokens): void {
    this.tokens = tokens
    this.store.setItem(this.key, JSON.stringify(tokens))
    this.store.setItem(this.deviceKey, tokens.device_id)
  }

  forget(why: EndOfLogin): void {
    const had = this.active
    this.tokens = null
    this.store.removeItem(this.key)
    if (had) this.tell(why)
  }

  /** Give this login to another app and be rid of it here: one refresh token must not be used by two. */
  handOver(to: App): void {
    if (this.tokens === null) return
    new LoginSession(to, this.store).keep(this.tokens)
    this.tokens = null
    this.store.removeItem(this.key)
    this.store.removeItem(this.deviceKey)
  }

  onEnd(listener: (why: EndOfLogin) => void): () => void {
    this.listeners.add(listener)
    return () => this.listeners.delete(listener)
  }

  /** A token that is good now, renewed if need be; null when nobody is logged in. Throws Unreachable. */
  async token(): Promise<string | null> {
    if (this.tokens === null) return null
    if (Date.parse(this.tokens.access_expires_at) - Date.now() > MARGIN_MS) return this.tokens.access_token
    return this.renew(this.tokens.access_token)
  }

  /** Another token than `stale`, which the server has refused. One request at a time, whoever asks. */
  renew(stale: string): Promise<string | null> {
    this.renewing ??= this.alone(() => this.exchange(stale)).finally(() => {
      this.renewing = null
    })
    return this.renewing
  }

  private async exchange(stale: string): Promise<string | null> {
    // another tab may have been faster
    this.read()
    if (this.tokens === null) return null
    if (this.tokens.access_token !== stale) return this.tokens.access_token
    const { refresh_token, device_id } = this.tokens
    let response: Response
    try {
      response = await fetch('/api/v1/auth/refresh', {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ refresh_token, device_id }),
      })
    } catch {
      throw new Unreachable()
    }
    if (response.ok) {
      this.keep((await response.json()) as Tokens)
      return this.tokens.access_token
    }
    // only a refused token ends the login; a server in trouble does not
    if (response.status !== 401) throw await readRefusal(response)
    this.forget('refused')
    return null
  }

  private async alone<T>(work: () => Promise<T>): Promise<T> {
    const locks = typeof navigator === 'undefined' ? undefined : navigator.locks
    return locks ? ((await locks.request(`${this.key}.renew`, work)) as T) : work()
  }

  private read(): void {
    try {
      this.tokens = JSON.parse(this.store.getItem(this.key) ?? 'null') as Tokens | null
    } catch {
      this.tokens = null
    }
  }

  private tell(why: EndOfLogin): void {
    for (const listener of this.listeners) listener(why)
  }

  private get key(): string {
    return `pingan.${this.app}.login`
  }

  private get deviceKey(): string {
    return `pingan.${this.app}.device`
  }
}
