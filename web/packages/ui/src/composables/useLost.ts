/** Whether a bar has to say that there is no live connection: not for a moment, and then until it is back. */
import { useLive } from '@pingan/live'
import { type ComputedRef, computed, onScopeDispose, ref, watch } from 'vue'

/** So long a page may take to begin: a bar that comes and goes pushes away what somebody is about to press. */
const BEGIN_MS = 3_000

export function useLost(): ComputedRef<boolean> {
  const live = useLive()
  const beginning = ref(true)
  const timer = setTimeout(() => {
    beginning.value = false
  }, BEGIN_MS)
  onScopeDispose(() => clearTimeout(timer))

  /** Through every attempt. */
  const lost = ref(false)
  watch(live.status, (now) => {
    if (now === 'live') lost.value = false
    else if (now !== 'connecting') lost.value = true
  }, { immediate: true })

  // a reconnect of a moment is not worth a bar
  return computed(() => live.status.value !== 'live' && (lost.value || !(live.known.value || beginning.value)))
}
