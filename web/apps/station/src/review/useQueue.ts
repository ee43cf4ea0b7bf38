/** The queue of closures: what waits, which one is looked at, which are ticked. */
import { type Schemas, ok } from '@pingan/api'
import { useApi, useLoad } from '@pingan/ui'
import { type Ref, computed, ref, watch } from 'vue'

export type Closure = Schemas['ClosureOut']
export type Part = 'feedback' | 'handled' | 'appeals' | 'closed'

const LIMIT = 100

export function useQueue(part: Ref<Part>) {
  const api = useApi()
  const list = useLoad(() =>
    ok(
      api.GET('/api/v1/closures', {
        params: {
          query: {
            limit: LIMIT,
            state: part.value === 'appeals' ? ['handled', 'feedback', 'closed'] : [part.value],
            ...(part.value === 'appeals' ? { appeals_open: true } : {}),
          },
        },
      }),
    ),
  )
  const items = computed<Closure[]>(() => list.data.value?.items ?? [])
  const ticked = ref(new Set<string>())

  watch(part, () => {
    list.data.value = null
    ticked.value = new Set()
    void list.load()
  })
  // what has left the queue cannot be ticked any more
  watch(items, (now) => {
    const there = new Set(now.map((closure) => closure.incident_id))
    ticked.value = new Set([...ticked.value].filter((id) => there.has(id)))
  })

  function tick(id: string): void {
    const next = new Set(ticked.value)
    if (!next.delete(id)) next.add(id)
    ticked.value = next
  }

  function tickAll(): void {
    const all = items.value.map((closure) => closure.incident_id)
    ticked.value = ticked.value.size === all.length ? new Set() : new Set(all)
  }

  /** Whom one looks at after that one: the next, at the end the one before. */
  function beside(id: string | undefined, step: 1 | -1): string | undefined {
    const at = items.value.findIndex((closure) => closure.incident_id === id)
    if (at < 0) return items.value[0]?.incident_id
    return items.value[Math.min(Math.max(at + step, 0), items.value.length - 1)]?.incident_id
  }

  return { ...list, items, more: computed(() => list.data.value?.next_cursor != null), ticked, tick, tickAll, beside }
}
