/** Who is logged in, the words for codes, and the client: made once by `startApp`, taken by every component. */
import { type Api, type App, type LoginSession, type Me, Refusal, type Send, logIn, logOut, ok, onboard, readMe } from '@pingan/api'
import type { Live } from '@pingan/live'
import { type InjectionKey, type Ref, inject, reactive, ref, shallowRef, watch } from 'vue'
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
  /** The same in English, once a screen has asked for them. */
  english: Words
  learnEnglish(): Promise<void>
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
  const english = reactive<Words>({})
  let learning: Promise<void> | null = null

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

  /** Asked for once; without them codes are read as they are. */
  function learnEnglish(): Promise<void> {
    learning ??= ok(api.GET('/api/v1/vocabulary', { params: { query: { lang: 'en' } } })).then(
      (answer) => void Object.assign(english, answer.words),
      () => {
        learning = null
      },
    )
    return learning
  }

  session.onEnd((why) => {
    live.stop()
    me.value = null
    ended.value = why === 'refused'
    state.value = 'out'
  })

  return {
    app, api, send, me, state, problem, ended, words, english, learnEnglish, enter,
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

/** Codes are English words: what they say where nobody has said it better. */
function readable(code: string): string {
  const text = code.replace(/[_.-]/g, ' ')
  return text.slice(0, 1).toUpperCase() + text.slice(1)
}

/** Where the code of a reason may have its word; what is in none of them was written by a person. */
const REASONS = ['end_reasons', 'decline_reasons', 'withdraw_reasons'] as const

/** The word for a code in the language of the screen; a code without one is made readable. */
export function useWords(): { words: Words; word(list: string, code: string | null | undefined): string; named(list: string, code: string, name: string): string; said(text: string, code: string): string; reason(code: string | null | undefined): string } {
  const account = useAccount()
  const { locale } = useI18n()
  watch([locale, account.state], ([now, state]) => {
    if (now === 'en' && state === 'in') void account.learnEnglish()
  }, { immediate: true })
  function word(list: string, code: string | null | undefined): string {
    if (code === null || code === undefined || code === '') return ''
    if (locale.value === 'en') return account.english[list]?.[code] ?? readable(code)
    return account.words[list]?.[code] ?? code
  }
  return {
    words: account.words,
    word,
    /** Why something was done: the machine's reasons are codes, a person's stand as he wrote them. */
    reason(code) {
      const list = REASONS.find((each) => code && account.words[each]?.[code])
      return list ? word(list, code) : (code ?? '')
    },
    /** A name that a station may have given itself: it stands in every language; one that it was given is translated. */
    named: (list, code, name) => (account.words[list]?.[code] === name ? word(list, code) : name),
    /** What the server said of a code in Chinese; in English the code itself. */
    said: (text, code) => (locale.value === 'en' ? readable(code) : text),
  }
}
