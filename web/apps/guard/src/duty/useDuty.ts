/** Going on duty and off it, as a wish that waits until the server has heard it. */
import { serverNow } from '@pingan/api'
import { type ComputedRef, computed } from 'vue'
import type { Item } from '../outbox/outbox'
import { useOutbox } from '../outbox/useOutbox'

export function useDuty(): { starting: ComputedRef<Item | undefined>; stopping: ComputedRef<Item | undefined>; start(hours: number): void; stop(): void } {
  const outbox = useOutbox()
  return {
    starting: computed(() => outbox.find('duty', 'duty.start')),
    stopping: computed(() => outbox.find('duty', 'duty.end')),
    start(hours) {
      const planned_end = new Date(serverNow() + hours * 3_600_000).toISOString()
      outbox.add({ kind: 'duty.start', lane: 'duty', path: '/api/v1/me/duty', body: { planned_end } })
    },
    stop() {
      outbox.add({ kind: 'duty.end', lane: 'duty', path: '/api/v1/me/duty', method: 'DELETE' })
    },
  }
}
