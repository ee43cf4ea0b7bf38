/** Logging in and out, and who one is. */
import { type Api, ok } from './client'
import type { components } from './schema'
import type { LoginSession } from './session'

export type Me = components['schemas']['MeOut']
export type Permission = string

function device(session: LoginSession): components['schemas']['DeviceIn'] {
  const agent = navigator.userAgent
  const kind = /Android/.test(agent) ? 'Android' : /iPhone|iPad/.test(agent) ? 'iOS' : /Windows/.test(agent) ? 'Windows' : 'Linux'
  return { kind: 'web', name: `${session.app} · ${kind}`, id: session.deviceId }
}

export async function logIn(api: Api, session: LoginSession, login: string, password: string): Promise<void> {
  session.keep(await ok(api.POST('/api/v1/auth/login', { body: { login, password, device: device(session) } })))
}

/** Begin with a one-time code and choose the password. */
export async function onboard(api: Api, session: LoginSession, code: string, password: string): Promise<void> {
  session.keep(await ok(api.POST('/api/v1/auth/onboard', { body: { code, password, device: device(session) } })))
}

/**
 * The login ends here in any case, and first: a screen that went on asking would be refused and say that its login was
 * taken away. The server is told if it can be reached.
 */
export async function logOut(api: Api, session: LoginSession): Promise<void> {
  // where nobody answers: it ends by itself when its token is not renewed
  const token = await session.token().catch(() => null)
  session.forget('logged-out')
  if (token) await api.POST('/api/v1/auth/logout', { headers: { Authorization: `Bearer ${token}` } }).catch(() => undefined)
}

export function readMe(api: Api): Promise<Me> {
  return ok(api.GET('/api/v1/me'))
}
