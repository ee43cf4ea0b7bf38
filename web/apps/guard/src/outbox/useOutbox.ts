/** The outbox at work: one for the app. Every command of the phone goes through it, with signal or without. */
import { serverNow, uuid } from '@pingan/api'
import type { Account } from '@pingan/ui'
import { type ComputedRef, type InjectionKey, type ShallowRef, computed, inject, shallowRef } from 'vue'
import { type Answer, deliver } from './deliver'
import { type Event, type Item, type Kind, due, isOpen, pause_ms, reduce, wait_ms } from './outbox'
import { Store } from './store'

export interface Command {
  kind: Kind
  lane: string
  path: string
  method?: Item['method']
  body?: unknown
  file?: Blob
  headers?: Record<string, string>
}

export type Listener = (item: Item, data: unknown) => void

export interface Outbox {
  items: ShallowRef<Item[]>
  /** Those that the server has not answered. */
  open: ComputedRef<Item[]>
  refused: ComputedRef<Item[]>
  /** False: the browser keeps nothing; closing the page loses what waits. */
  lasting: ShallowRef<boolean>
  store: Store
  add(command: Command): string
  /** The last one of that kind in that lane that is not done. */
  find(lane: string, ...kinds: Kind[]): Item | undefined
  drop(id: string): void
  hurry(): void
  /** Called when the server has carried one out. */
  onDone(listener: Listener): () => void
  onRefused(listener: Listener): () => void
  begin(account_id: string): Promise<void>
  end(): Promise<void>
}

const KEPT_DONE_MS = 10 * 60_000

export function createOutbox(account: Account, store = new Store(), give: typeof deliver = deliver): Outbox {
  const items = shallowRef<Item[]>([])
  const lasting = shallowRef(true)
  const doneListeners = new Set<Listener>()
  const refusedListeners = new Set<Listener>()
  let owner: string | null = null
  let timer: ReturnType<typeof setTimeout> | null = null
  let last = 0

  function apply(event: Event): void {
    const before = new Map(items.value.map((item) => [item.id, item]))
    items.value = reduce(items.value, event)
    if (owner === null || event.type === 'progressed') return
    const after = new Set(items.value.map((item) => item.id))
    for (const item of items.value) if (before.get(item.id) !== item) void (item.state === 'done' ? store.remove(item.id) : store.put(owner, item))
    for (const id of before.keys()) if (!after.has(id)) void store.remove(id)
    lasting.value = store.lasting
  }

  function turn(): void {
    if (timer) clearTimeout(timer)
    timer = null
    if (owner === null) return
    for (const item of due(items.value, Date.now())) void go(item)
    const wait = wait_ms(items.value, Date.now())
    if (wait !== null) timer = setTimeout(turn, Math.max(wait, 50))
  }

  async function go(item: Item): Promise<void> {
    const mine = owner
    apply({ type: 'started', id: item.id })
    const answer: Answer = await give(account, item, (progress) => apply({ type: 'progressed', id: item.id, progress }))
    // somebody else is logged in by now
    if (owner !== mine) return
    const at = new Date(serverNow()).toISOString()
    if (answer.kind === 'done') {
      apply({ type: 'done', id: item.id, at })
      for (const listener of doneListeners) listener(item, answer.data)
    } else if (answer.kind === 'refused') {
      const { slug, status, title, hint, faults } = answer.refusal
      apply({ type: 'refused', id: item.id, why: { slug, status, title, hint, faults: faults.map((fault) => fault.message) } })
      for (const listener of refusedListeners) listener(item, answer.refusal)
    } else {
      apply({ type: 'unreached', id: item.id, next_ms: Date.now() + pause_ms(item.attempts + 1, answer.wish_ms) })
    }
    apply({ type: 'tidied', before: new Date(serverNow() - KEPT_DONE_MS).toISOString() })
    turn()
  }

  function hurry(): void {
    apply({ type: 'hurried' })
    turn()
  }

  window.addEventListener('online', hurry)

  return {
    items, lasting, store, hurry,
    open: computed(() => items.value.filter(isOpen)),
    refused: computed(() => items.value.filter((item) => item.state === 'refused')),
    add({ kind, lane, path, method = 'POST', body, file, headers }) {
      last = Math.max(last + 1, Date.now())
      const item: Item = {
        id: uuid(), n: last, lane, kind, method, path,
        made_at: new Date(serverNow()).toISOString(), state: 'waiting', attempts: 0, next_ms: 0,
        ...(body === undefined ? {} : { body: JSON.parse(JSON.stringify(body)) as unknown }),
        ...(file ? { file } : {}),
        ...(headers ? { headers } : {}),
      }
      apply({ type: 'added', item })
      turn()
      return item.id
    },
    find: (lane, ...kinds) => items.value.filter((item) => item.lane === lane && item.state !== 'done' && (!kinds.length || kinds.includes(item.kind))).pop(),
    drop: (id) => apply({ type: 'dropped', id }),
    onDone(listener) {
      doneListeners.add(listener)
      return () => doneListeners.delete(listener)
    },
    onRefused(listener) {
      refusedListeners.add(listener)
      return () => refusedListeners.delete(listener)
    },
    async begin(account_id) {
      if (owner === account_id) return hurry()
      await store.clearOthers(account_id)
      const stored = await store.list(account_id)
      owner = account_id
      apply({ type: 'restored', items: stored })
      turn()
    },
    async end() {
      owner = null
      items.value = []
      if (timer) clearTimeout(timer)
      await store.clear()
    },
  }
}

export const OUTBOX: InjectionKey<Outbox> = Symbol('outbox')

export function useOutbox(): Outbox {
  const outbox = inject(OUTBOX)
  if (!outbox) throw new Error('no outbox was provided')
  return outbox
}
