import { beforeEach, describe, expect, it, vi } from 'vitest'
import { createApi, createSend, ok, once } from './client'
import { logOut } from './login'
import { Refusal, Unreachable } from './problem'
import { LoginSession } from './session'

const TOKENS = {
  account_id: 'a', session_id: 's', device_id: 'd', access_token: 'first', refresh_token: 'r1', token_type: 'bearer' as const,
  access_expires_at: '2099-01-01T00:00:00Z', refresh_expires_at: '2099-01-01T00:00:00Z',
}

function answer(status: number, body: unknown = {}): Response {
  return new Response(JSON.stringify(body), { status, headers: { 'content-type': 'application/json' } })
}

function client(reach: (request: Request) => Promise<Response>) {
  const session = new LoginSession('console')
  session.keep(TOKENS)
  const options = { fetch: reach as typeof fetch, baseUrl: 'http://here', pauses_ms: [0, 0] }
  return { session, api: createApi(createSend(session, options), options) }
}

beforeEach(() => {
  localStorage.clear()
  vi.restoreAllMocks()
})

describe('a request', () => {
  it('carries the token, and a command a key of its own', async () => {
    const seen: Request[] = []
    const { api } = client(async (request) => (seen.push(request), answer(200)))
    await api.GET('/api/v1/me')
    await api.POST('/api/v1/auth/logout')
    expect(seen[0]!.headers.get('authorization')).toBe('Bearer first')
    expect(seen[0]!.headers.has('idempotency-key')).toBe(false)
    expect(seen[1]!.headers.get('idempotency-key')).toMatch(/^[0-9a-f-]{36}$/)
  })

  it('that nobody answers is sent again with the same key, then is unreachable', async () => {
    const keys: (string | null)[] = []
    const { api } = client(async (request) => {
      keys.push(request.headers.get('idempotency-key'))
      throw new TypeError('network')
    })
    await expect(ok(api.POST('/api/v1/live/tickets', { headers: once('k1') }))).rejects.toBeInstanceOf(Unreachable)
    expect(keys).toEqual(['k1', 'k1', 'k1'])
  })

  it('that was given up before it began is not sent', async () => {
    const reach = vi.fn(async (request: Request) => (request.signal.throwIfAborted(), answer(200)))
    const { api } = client(reach)
    await expect(ok(api.GET('/api/v1/me', { signal: AbortSignal.abort() }))).rejects.toBeInstanceOf(Unreachable)
    expect(reach).toHaveBeenCalledTimes(1)
  })

  it('that is refused says why', async () => {
    const { api } = client(async () => answer(409, { type: 'https://pingan.invalid/problems/need-filled', title: '人员已足', hint: '无需前往', status: 409, detail: 'Enough.', instance: 'x', errors: [] }))
    const refusal = await ok(api.GET('/api/v1/me')).catch((error: unknown) => error)
    expect(refusal).toBeInstanceOf(Refusal)
    expect(refusal).toMatchObject({ slug: 'need-filled', title: '人员已足', status: 409 })
  })
})

describe('logging out', () => {
  it('ends the login before anybody is told, and gives up what is being asked with it', async () => {
    const seen: [string, string | null, boolean][] = []
    const { api, session } = client((request) => {
      seen.push([new URL(request.url).pathname, request.headers.get('authorization'), session.active])
      if (!request.url.endsWith('/me')) return Promise.resolve(new Response(null, { status: 204 }))
      return new Promise((_, fail) => request.signal.addEventListener('abort', () => fail(new DOMException('', 'AbortError'))))
    })
    const asked = ok(api.GET('/api/v1/me'))
    await vi.waitFor(() => expect(seen).toHaveLength(1))
    await logOut(api, session)
    await expect(asked).rejects.toBeInstanceOf(Unreachable)
    expect(seen).toEqual([
      ['/api/v1/me', 'Bearer first', true],
      ['/api/v1/auth/logout', 'Bearer first', false],
    ])
  })

  it('ends the login also where nobody can be told', async () => {
    const { api, session } = client(async () => {
      throw new TypeError('network')
    })
    await logOut(api, session)
    expect(session.active).toBe(false)
  })
})

describe('a token that the server refuses', () => {
  it('is renewed once for all who wait, and their requests are sent again', async () => {
    const renewals = vi.spyOn(globalThis, 'fetch').mockImplementation(async () => answer(200, { ...TOKENS, access_token: 'second', refresh_token: 'r2' }))
    const { api, session } = client(async (request) => (request.headers.get('authorization') === 'Bearer second' ? answer(200) : answer(401)))
    const answers = await Promise.all([api.GET('/api/v1/me'), api.GET('/api/v1/me'), api.GET('/api/v1/me')])
    expect(answers.map(({ response }) => response.status)).toEqual([200, 200, 200])
    expect(renewals).toHaveBeenCalledTimes(1)
    expect(await session.token()).toBe('second')
  })

  it('ends the login when it is not renewed', async () => {
    vi.spyOn(globalThis, 'fetch').mockImplementation(async () => answer(401))
    const { api, session } = client(async () => answer(401))
    const ended = vi.fn()
    session.onEnd(ended)
    await api.GET('/api/v1/me')
    expect(ended).toHaveBeenCalledWith('refused')
    expect(session.active).toBe(false)
    expect(session.deviceId).toBe('d')
  })

  it('stays when the server is only in trouble', async () => {
    vi.spyOn(globalThis, 'fetch').mockImplementation(async () => answer(503))
    const { api, session } = client(async () => answer(401))
    await expect(api.GET('/api/v1/me')).rejects.toBeInstanceOf(Refusal)
    expect(session.active).toBe(true)
  })
})
