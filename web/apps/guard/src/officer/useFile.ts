/** One incident as an officer on it sees it: the file, and everybody who was sent, asked again as things change. */
import { type Schemas, ok } from '@pingan/api'
import { useLive } from '@pingan/live'
import { useAccount, useApi, useLoad } from '@pingan/ui'
import { type ComputedRef, computed, onScopeDispose, watch } from 'vue'
import { useOutbox } from '../outbox/useOutbox'

export type File = Schemas['IncidentFileOut']
export type Helper = Schemas['OrderOut']

/** Helpers' orders are not in an officer's stream: they are asked for this often while he looks. */
const LOOK_MS = 8_000
const HOPEFUL = ['offered', 'received', 'shown', 'accepted', 'en_route', 'arrived', 'completed', 'rated']

interface FileHandle {
  file: ComputedRef<File | null>
  incident: ComputedRef<Schemas['IncidentOut'] | null>
  /** Everybody else who was sent, whoever has come furthest first. */
  helpers: ComputedRef<Helper[]>
  own: ComputedRef<Helper | undefined>
  asOf: ComputedRef<string | null>
  problem: ComputedRef<unknown>
  load(): void
}

export function useFile(id: () => string): FileHandle {
  const api = useApi()
  const account = useAccount()
  const live = useLive()
  const outbox = useOutbox()
  const path = (): { path: { incident_id: string } } => ({ path: { incident_id: id() } })
  const file = useLoad(async () => {
    const found = await ok(api.GET('/api/v1/incidents/{incident_id}', { params: path() }))
    return 'incident' in found ? (found as File) : null
  })
  const orders = useLoad(() => ok(api.GET('/api/v1/incidents/{incident_id}/orders', { params: path() })))

  function load(): void {
    void file.load()
    void orders.load()
  }
  load()
  const timer = setInterval(() => document.visibilityState === 'visible' && load(), LOOK_MS)
  onScopeDispose(() => clearInterval(timer))
  watch(() => live.account.incident.get(id())?.version, load)
  onScopeDispose(outbox.onDone((item) => {
    if (item.path.includes(id()) || item.lane.startsWith('help:')) load()
  }))

  const me = computed(() => account.me.value?.responder?.id)
  const all = computed(() => orders.data.value?.items ?? [])
  return {
    load,
    file: computed(() => file.data.value),
    incident: computed(() => live.account.incident.get(id()) ?? file.data.value?.incident ?? null),
    helpers: computed(() => all.value.filter((order) => order.responder.id !== me.value).sort((a, b) => rank(b) - rank(a))),
    own: computed(() => all.value.find((order) => order.responder.id === me.value)),
    asOf: computed(() => orders.asOf.value),
    problem: computed(() => file.problem.value ?? orders.problem.value),
  }
}

function rank(order: Helper): number {
  return HOPEFUL.indexOf(order.state)
}

export function mayCome(order: Helper): boolean {
  return HOPEFUL.includes(order.state)
}
