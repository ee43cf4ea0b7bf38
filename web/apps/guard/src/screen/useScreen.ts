/**
 * What the phone shows: the live stream; before it has come, or without signal, what was last known, marked as such.
 * What outlives the page holds the order only, nothing of a caller, and goes when the order or the login ends.
 */
import { type Api, type Me, type Schemas, Unreachable, ok } from '@pingan/api'
import type { Live } from '@pingan/live'
import { type Account, useLoad } from '@pingan/ui'
import { type ComputedRef, type InjectionKey, type Ref, computed, inject, ref, shallowRef, watch } from 'vue'
import type { Store } from '../outbox/store'

export type Order = Schemas['OrderOut']
export type Duty = Schemas['OwnDuty']
/** Order as the phone gets it live: without the responder, who is oneself. */
export type OwnOrder = Omit<Order, 'responder' | 'score' | 'reason' | 'replaces_id' | 'need_id' | 'organization_id'> & Partial<Order>

interface Kept {
  at: string | null
  orders: OwnOrder[]
}

interface Login {
  me: Me
  words: Record<string, Record<string, string>>
}

export interface Screen {
  orders: ComputedRef<OwnOrder[]>
  /** The server's instant up to which it is right. */
  asOf: ComputedRef<string | null>
  /** Whether what is shown was kept from before and has not been confirmed since. */
  isOld: ComputedRef<boolean>
  /** Whether this page began without a server. */
  offline: Ref<boolean>
  duty: Ref<Duty | null>
  duty_at: Ref<string | null>
  duty_problem: Ref<unknown>
  loadDuty(): Promise<void>
  /** What the server answered when it carried out 上岗 or 下岗. */
  hearDuty(answer: Schemas['DutyOut']): void
  /** An order from the server, also one that is over. */
  ask(id: string): Promise<Order>
  begin(): Promise<void>
  end(): void
}

const OPEN = new Set(['offered', 'received', 'shown', 'accepted', 'en_route', 'arrived'])
export const UNANSWERED: ReadonlySet<string> = new Set(['offered', 'received', 'shown'])
export const AT_WORK: ReadonlySet<string> = new Set(['accepted', 'en_route', 'arrived'])

export function isOpenState(state: string): boolean {
  return OPEN.has(state)
}

export function createScreen(account: Account, api: Api, live: Live, store: Store): Screen {
  const kept = shallowRef<Kept | null>(null)
  const offline = ref(false)
  const { data: duty, asOf: duty_at, problem: duty_problem, load: askDuty, put: putDuty } = useLoad<Duty | null>(() => ok(api.GET('/api/v1/me/duty')))
  const me = (): string | null => account.me.value?.account_id ?? null

  const orders = computed<OwnOrder[]>(() => {
    const now = live.known.value ? ([...live.account.order.values()] as OwnOrder[]) : (kept.value?.orders ?? [])
    return now.slice().sort((a, b) => b.offered_at.localeCompare(a.offered_at))
  })
  const asOf = computed(() => (live.known.value ? live.asOf.value : (kept.value?.at ?? null)))
  const isOld = computed(() => !live.known.value && kept.value !== null)

  // what is live is kept for the next start without signal; an order that has ended is kept no longer
  watch([orders, () => live.known.value], () => {
    const id = me()
    if (id === null || !live.known.value) return
    const now: Kept = { at: live.asOf.value, orders: orders.value }
    kept.value = now
    void store.keep('orders', id, JSON.parse(JSON.stringify(now)))
  })

  async function loadDuty(): Promise<void> {
    if (me() !== null && account.may('duty.own')) await askDuty()
  }

  function hearDuty(answer: Schemas['DutyOut']): void {
    const lasts = answer.ended_at === null
    putDuty({ responder_id: answer.responder_id, engaged: duty.value?.engaged ?? false, on_duty: lasts, duty: lasts ? answer : null })
  }

  watch([duty, duty_at], ([now, at]) => {
    const id = me()
    if (id !== null && now) void store.keep('duty', id, { duty: now, at })
  })

  /** The page was opened without a server: who was logged in here, and what he had on his screen. */
  async function restore(): Promise<void> {
    const id = account.accountId()
    if (id === null || account.me.value) return
    const login = await store.read<Login>('login', id)
    if (!login || account.state.value !== 'unknown') return
    Object.assign(account.words, login.words)
    account.me.value = login.me
    offline.value = true
    account.state.value = 'in'
  }

  // nobody has answered the question who this is
  watch(account.problem, (problem) => {
    if (problem instanceof Unreachable) void restore()
  })

  async function begin(): Promise<void> {
    const who = account.me.value
    if (!who) return
    const id = who.account_id
    if (!offline.value) void store.keep('login', id, JSON.parse(JSON.stringify({ me: { ...who, phone: null }, words: account.words })))
    kept.value ??= await store.read<Kept>('orders', id)
    if (duty.value === null) {
      const last = await store.read<{ duty: Duty; at: string }>('duty', id)
      if (last && duty.value === null) {
        duty.value = last.duty
        duty_at.value = last.at
      }
    }
    await loadDuty()
  }

  // back: the same question again, and the live connection begins
  async function retry(): Promise<void> {
    if (!offline.value) return
    await account.enter()
    if (account.problem.value === null) offline.value = false
  }
  window.addEventListener('online', () => void retry())
  setInterval(() => void retry(), 10_000)

  return {
    orders, asOf, isOld, offline, duty, duty_at, duty_problem, loadDuty, hearDuty, begin,
    ask: (id) => ok(api.GET('/api/v1/orders/{order_id}', { params: { path: { order_id: id } } })),
    end() {
      kept.value = null
      // also what is still on its way
      putDuty(null)
      duty_at.value = null
      offline.value = false
    },
  }
}

export const SCREEN: InjectionKey<Screen> = Symbol('screen')

export function useScreen(): Screen {
  const screen = inject(SCREEN)
  if (!screen) throw new Error('no screen was provided')
  return screen
}
