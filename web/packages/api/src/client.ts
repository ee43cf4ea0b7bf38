/** The typed client: token, idempotency key, retries that are safe, the server's build and time. */
import createClient, { type Client } from 'openapi-fetch'
import { noteBuild } from './build'
import { noteServerTime } from './clock'
import { Unreachable, readRefusal, toRefusal } from './problem'
import type { paths } from './schema'
import type { LoginSession } from './session'
import { uuid } from './uuid'

export type Api = Client<paths>

const KEY = 'Idempotency-Key'
/** Between the tries of a request that has not reached anybody. */
const PAUSES_MS = [400, 1_200]

export interface ClientOptions {
  baseUrl?: string
  fetch?: typeof fetch
  pauses_ms?: readonly number[]
}

export type Send = (request: Request) => Promise<Response>

/** `fetch` as the person who is logged in: for pictures, files and whatever else is no JSON. */
export function createSend(session: LoginSession, options: ClientOptions = {}): Send {
  const reach = options.fetch ?? ((request: Request) => fetch(request))
  const pauses = options.pauses_ms ?? PAUSES_MS

  async function attempt(request: Request): Promise<Response> {
    // a read and a command with a key may be sent again: the server does it once
    const repeatable = request.method === 'GET' || request.headers.has(KEY)
    const given = new AbortController()
    const giveUp = (): void => given.abort()
    if (request.signal.aborted) giveUp()
    request.signal.addEventListener('abort', giveUp)
    // what was asked with a login that has ended is not waited for
    const off = session.onEnd(giveUp)
    try {
      for (let turn = 0; ; turn += 1) {
        try {
          return await reach(new Request(request.clone(), { signal: given.signal }))
        } catch {
          const pause = pauses[turn]
          if (given.signal.aborted || !repeatable || pause === undefined) throw new Unreachable()
          await new Promise((go) => setTimeout(go, pause * (0.5 + Math.random())))
        }
      }
    } finally {
      off()
    }
  }

  return async (request) => {
    if (request.method !== 'GET' && !request.headers.has(KEY)) request.headers.set(KEY, uuid())
    const token = await session.token()
    if (token) request.headers.set('Authorization', `Bearer ${token}`)
    let response = await attempt(request)
    if (response.status === 401 && token) {
      const fresh = await session.renew(token)
      if (fresh) {
        request.headers.set('Authorization', `Bearer ${fresh}`)
        response = await attempt(request)
      }
    }
    noteBuild(response.headers.get('x-pingan-build'))
    const date = response.headers.get('date')
    // whole seconds, cut off: half of one is the better guess
    if (date) noteServerTime(new Date(Date.parse(date) + 500).toISOString())
    return response
  }
}

export function createApi(send: Send, options: ClientOptions = {}): Api {
  return createClient<paths>({ baseUrl: options.baseUrl ?? location.origin, fetch: send })
}

interface Answer<T> {
  data?: T
  error?: unknown
  response: Response
}

/** The data of an answer; throws Refusal or Unreachable. `const me = await ok(api.GET('/api/v1/me'))` */
export async function ok<T>(asked: Promise<Answer<T>>): Promise<T> {
  const { data, error, response } = await asked
  if (response.ok) return data as T
  throw error === undefined || error === '' ? await readRefusal(response) : toRefusal(error, response.status)
}

/** `params: { header: ifMatch(incident.version) }`: the change is refused when somebody else was faster. */
export function ifMatch(version: number): { 'If-Match': string } {
  return { 'If-Match': `"${version}"` }
}

/** `headers: once(key)`: the key of a command that the caller may have to repeat; `uuid()` makes one. */
export function once(key: string): { [KEY]: string } {
  return { [KEY]: key }
}
