/** What goes on as long as somebody is logged in: duty, place, light and noise follow from what is known. */
import type { Schemas } from '@pingan/api'
import { useLive } from '@pingan/live'
import { useAccount } from '@pingan/ui'
import { type ComputedRef, computed, inject, onScopeDispose, type InjectionKey, provide, ref, watch } from 'vue'
import { useRoute, useRouter } from 'vue-router'
import { useAlert } from '../alert/provide'
import { useBackground } from '../alert/useBackground'
import { useOutbox } from '../outbox/useOutbox'
import { usePosition } from '../position/usePosition'
import { AT_WORK, UNANSWERED, type OwnOrder, useScreen } from '../screen/useScreen'

export interface Watch {
  isKeeper: ComputedRef<boolean>
  /** On duty by the server's word, and no wish to end it on the way. */
  onDuty: ComputedRef<boolean>
  /** The order that wants an answer, else the one at work. */
  current: ComputedRef<OwnOrder | undefined>
  /** A person has touched the screen while this order was on it. */
  saw(orderId: string): void
}

const WATCH: InjectionKey<Watch> = Symbol('watch')
const LOOK_MS = 60_000

export function provideWatch(): Watch {
  const account = useAccount()
  const live = useLive()
  const screen = useScreen()
  const outbox = useOutbox()
  const position = usePosition()
  const alert = useAlert()
  const router = useRouter()
  const route = useRoute()
  const seen = ref<ReadonlySet<string>>(new Set())

  const isKeeper = computed(() => account.me.value?.role === 'keeper')
  const ending = computed(() => outbox.find('duty', 'duty.end')?.state)
  const onDuty = computed(() => Boolean(screen.duty.value?.duty) && ending.value !== 'waiting' && ending.value !== 'sending')
  const asked = computed(() => screen.orders.value.filter((order) => UNANSWERED.has(order.state)))
  const current = computed(() => asked.value[0] ?? screen.orders.value.find((order) => AT_WORK.has(order.state)))

  const since = computed(() => (onDuty.value ? (screen.duty.value?.duty?.started_at ?? null) : null))
  watch([since, () => account.me.value?.account_id], ([from, id]) => {
    if (from && id && account.may('position.write')) position.watch(id, Date.parse(from))
    else position.stop()
  }, { immediate: true })

  // a safe-house is asked without being on duty
  watch(() => onDuty.value || asked.value.length > 0, (on) => alert.keepAwake(on), { immediate: true })
  useBackground(computed(() => onDuty.value || isKeeper.value))

  watch(() => screen.orders.value.some((order) => AT_WORK.has(order.state)), (busy) => position.hasten(busy), { immediate: true })

  // an answer that is on its way is an answer: the noise has done its work
  const loud = computed(() => !screen.isOld.value && asked.value.some((order) => !seen.value.has(order.id) && !outbox.find(`order:${order.id}`, 'accept', 'decline')))
  watch(loud, (now) => (now ? alert.ring() : alert.hush()), { immediate: true })

  // a new order comes by itself; only a form in hand is not taken away
  watch(() => asked.value[0]?.id, (id) => {
    if (!id || route.meta['form'] || route.params['id'] === id) return
    void router.push(`/orders/${id}`)
  }, { immediate: true })

  const look = (): void => void screen.loadDuty()
  const timer = setInterval(look, LOOK_MS)
  const onVisible = (): void => {
    if (document.visibilityState === 'visible') look()
  }
  document.addEventListener('visibilitychange', onVisible)
  watch(() => live.status.value, (status) => status === 'live' && look())
  const offs = [
    outbox.onDone((item, data) => {
      // at once: a moment of doubt after 下岗 would be a moment of being located
      if (item.lane === 'duty' && data) screen.hearDuty(data as Schemas['DutyOut'])
      if (item.lane === 'duty' || item.lane.startsWith('order:')) look()
    }),
    outbox.onRefused((item) => {
      if (item.lane === 'duty') look()
    }),
    position.onOffDuty(look),
  ]
  onScopeDispose(() => {
    clearInterval(timer)
    document.removeEventListener('visibilitychange', onVisible)
    for (const off of offs) off()
    position.stop()
    alert.hush()
    alert.keepAwake(false)
  })

  const made: Watch = {
    isKeeper, onDuty, current,
    saw: (id) => {
      if (!seen.value.has(id)) seen.value = new Set([...seen.value, id])
    },
  }
  provide(WATCH, made)
  return made
}

export function useWatch(): Watch {
  const made = inject(WATCH)
  if (!made) throw new Error('nothing watches')
  return made
}
