/** Who is logged in, the words for codes, and the client: made once by `startApp`, taken by every component. */
import { type Api, type App, type LoginSession, type Me, Refusal, type Send, logIn, logOut, ok, onboard, readMe } from '@pingan/api'
import type { Live } from '@pingan/live'
import { type InjectionKey, type Ref, inject, reactive, ref, shallowRef } from 'vue'
import { useI18n } from 'vue-i18n'

type Words = Record<string, Record<string, string>>

export interface Account {
  app: App
  api: Api
  /** `fetch` with the login, for what is no JSON. */
  send: Send
  /** A token that is good now, for the map's own requests. */
  token(): Promise<string | null>
  /** Whose login is kept here, also while the server cannot be asked. */
  accountId(): string | null
  me: Ref<Me | null>
  /** `unknown` while the stored login is being looked at. */
  state: Ref<'unknown' | 'out' | 'in' | 'elsewhere'>
  /** The server cannot be asked who this is. */
  problem: Ref<unknown>
  ended: Ref<boolean>
  words: Words
  enter(): Promise<void>
  logIn(login: string, password: string): Promise<void>
  onboard(code: string, password: string): Promise<void>
  logOut(): Promise<void>
  /** Go on in another app with this login. */
  moveTo(app: App): void
  may(permission: string): boolean
}

/** Whose page an app is. */
export const ROLES: Record<App, readonly string[]> = {
  console: ['dispatcher', 'leader'],
  guard: ['guard', 'keeper', 'officer'],
  station: ['leader', 'dispatcher', 'district_admin', 'company_manager'],
  gate: [],
}

/** The app that a role begins with. */
export function homeOf(role: string): App {
  if (role === 'dispatcher') return 'console'
  return ROLES.guard.includes(role) ? 'guard' : 'station'
}

interface Parts {
  app: App
  api: Api
  send: Send
  session: LoginSession
  live: Live
}

export function createAccount({ app, api, send, session, live }: Parts): Account {
  const me = shallowRef<Me | null>(null)
  const state = ref<Account['state']['value']>('unknown')
  const problem = ref<unknown>(null)
  const ended = ref(false)
  const words = reactive<Words>({})

  async function enter(): Promise<void> {
    problem.value = null
    if (!session.active) {
      state.value = 'out'
      return
    }
    try {
      const who = await readMe(api)
      me.value = who
      if (ROLES[app].length && !ROLES[app].includes(who.role)) {
        state.value = 'elsewhere'
        return
      }
      Object.assign(words, (await ok(api.GET('/api/v1/vocabulary'))).words)
      state.value = 'in'
      if ('live' in who.permissions) live.start()
    } catch (error) {
      if (error instanceof Refusal && error.status === 401) state.value = 'out'
      else problem.value = error
    }
  }

  session.onEnd((why) => {
    live.stop()
    me.value = null
    ended.value = why === 'refused'
    state.value = 'out'
  })

  return {
    app, api, send, me, state, problem, ended, words, enter,
    async logIn(login, password) {
      await logIn(api, session, login, password)
      ended.value = false
      await enter()
    },
    async onboard(code, password) {
      await onboard(api, session, code, password)
      ended.value = false
      await enter()
    },
    token: () => session.token(),
    accountId: () => session.accountId,
    logOut: () => logOut(api, session),
    moveTo(other) {
      session.handOver(other)
      location.assign(`/${other}/`)
    },
    may: (permission) => permission in (me.value?.permissions ?? {}),
  }
}

export const ACCOUNT: InjectionKey<Account> = Symbol('account')

export function useAccount(): Account {
  const account = inject(ACCOUNT)
  if (!account) throw new Error('no account was provided')
  return account
}

export function useApi(): Api {
  return useAccount().api
}

/** The word for a code: the server's Chinese one; in English the code itself, made readable. */
export function useWords(): { words: Words; word(list: string, code: string | null | undefined): string } {
  const { words } = useAccount()
  const { locale } = useI18n()
  return {
    words,
    word(list, code) {
      if (code === null || code === undefined || code === '') return ''
      if (locale.value === 'en') return code.replace(/[_.-]/g, ' ')
      return words[list]?.[code] ?? code
    },
  }
}
