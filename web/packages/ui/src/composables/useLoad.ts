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
  /** What the server has answered to something else: whatever is still on its way is older. */
  put(answer: T): void
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
      if (mine === turn) show(answer)
    } catch (error) {
      if (mine === turn) problem.value = error
    } finally {
      if (mine === turn) busy.value = false
    }
  }

  function show(answer: T): void {
    data.value = answer
    problem.value = null
    asOf.value = new Date(serverNow()).toISOString()
  }

  function put(answer: T): void {
    turn += 1
    busy.value = false
    show(answer)
  }

  return { data, problem, busy, asOf, load, put }
}
