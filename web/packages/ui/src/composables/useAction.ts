/** One thing that a person does by a button: busy while it goes, its problem when refused, its key kept while unsure. */
import { Unreachable, uuid } from '@pingan/api'
import { type Ref, ref } from 'vue'

export interface Action<Args extends unknown[], Result> {
  busy: Ref<boolean>
  problem: Ref<unknown>
  /** Undefined when it failed; the reason is in `problem`. */
  run(...args: Args): Promise<Result | undefined>
  clear(): void
}

/**
 * `key` is for `once(key)`: as long as nobody has answered, pressing again sends the same one with the same words,
 * so that the server does it once.
 */
export function useAction<Args extends unknown[], Result>(
  work: (key: string, ...args: Args) => Promise<Result>,
): Action<Args, Result> {
  const busy = ref(false)
  const problem = ref<unknown>(null)
  let unsure: { key: string; said: string } | null = null

  async function run(...args: Args): Promise<Result | undefined> {
    if (busy.value) return undefined
    busy.value = true
    problem.value = null
    const said = JSON.stringify(args)
    const key = unsure?.said === said ? unsure.key : uuid()
    try {
      const result = await work(key, ...args)
      unsure = null
      return result
    } catch (error) {
      unsure = error instanceof Unreachable ? { key, said } : null
      problem.value = error
      return undefined
    } finally {
      busy.value = false
    }
  }

  return {
    busy,
    problem,
    run,
    clear: () => {
      problem.value = null
    },
  }
}
