/** Says of the messages about one order that they are shown: on a lit screen, in front of a person, and not merely arrived. */
import { useLive } from '@pingan/live'
import { type Ref, onBeforeUnmount, onMounted, watch } from 'vue'

/** So long it must have been there to be seen. */
const LOOK_MS = 1_000

export function useShown(orderId: Readonly<Ref<string>>): void {
  const live = useLive()
  let timer: ReturnType<typeof setTimeout> | null = null

  function look(): void {
    if (timer) clearTimeout(timer)
    if (document.visibilityState !== 'visible') return
    timer = setTimeout(() => {
      for (const message of live.account.message.values()) if (message.subject_id === orderId.value) live.acknowledge(message.id, 'shown')
    }, LOOK_MS)
  }

  watch(() => [orderId.value, live.account.message.size, live.status.value], look)
  onMounted(() => {
    look()
    document.addEventListener('visibilitychange', look)
  })
  onBeforeUnmount(() => {
    if (timer) clearTimeout(timer)
    document.removeEventListener('visibilitychange', look)
  })
}
