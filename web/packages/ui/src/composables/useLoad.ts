/** An answer that a screen shows: loaded, loaded again, when it was true, what went wrong. */
import { serverNow } from '@pingan/api'
import { type Ref, type ShallowRef, ref, shallowRef } from 'vue'

export interface Load<T> {
  data: ShallowRef<T | null>
  problem: Ref<unknown>
  busy: Ref<boolean>
  /** The server's instant of the last success. */
  asOf: Ref<string | null>
  load(): Promise<void>
}

export function useLoad<T>(ask: () => Promise<T>): Load<T> {
  const data = shallowRef<T | null>(null)
  const problem = ref<unknown>(null)
  const busy = ref(false)
  const asOf = ref<string | null>(null)
  let turn = 0

  async function load(): Promise<void> {
    const mine = ++turn
    busy.value = true
    try {
      const answer = await ask()
      // a slower, older answer must not replace a newer one
      if (mine !== turn) return
      data.value = answer
      problem.value = null
      asOf.value = new Date(serverNow()).toISOString()
    } catch (error) {
      if (mine === turn) problem.value = error
    } finally {
      if (mine === turn) busy.value = false
    }
  }

  return { data, problem, busy, asOf, load }
}
