/** One order of one's own: live while it is open, asked for when it is over. */
import { useLoad } from '@pingan/ui'
import { type ComputedRef, computed, watch } from 'vue'
import { useOutbox } from '../outbox/useOutbox'
import { AT_WORK, type OwnOrder, UNANSWERED, isOpenState, useScreen } from '../screen/useScreen'

export type Stage = 'asked' | 'work' | 'over'

export function useOwnOrder(id: () => string): {
  order: ComputedRef<OwnOrder | null>
  stage: ComputedRef<Stage | null>
  problem: ReturnType<typeof useLoad>['problem']
  load(): Promise<void>
} {
  const screen = useScreen()
  const outbox = useOutbox()
  const { data, problem, load } = useLoad(() => screen.ask(id()))
  const live = computed(() => screen.orders.value.find((order) => order.id === id()))

  const order = computed<OwnOrder | null>(() => {
    const asked = data.value?.id === id() ? data.value : null
    const now = live.value
    // an answer to one's own command may be newer than the stream
    if (now && asked) return asked.version > now.version ? asked : now
    return now ?? asked
  })
  const stage = computed<Stage | null>(() => {
    if (!order.value) return null
    if (UNANSWERED.has(order.value.state)) return 'asked'
    return AT_WORK.has(order.value.state) ? 'work' : 'over'
  })

  // it has left the stream, or was never in it: how did it end?
  watch([live, () => screen.asOf.value === null], ([now], before) => {
    if (!now && (before[0] !== now || data.value === null)) void load()
  }, { immediate: true })

  outbox.onDone((item) => {
    if (item.lane === `order:${id()}` && (!live.value || !isOpenState(live.value.state))) void load()
  })

  return { order, stage, problem, load }
}
