/** The live connection as Vue sees it: one per app, its entities as reactive maps, its age always at hand. */
import type { Api } from '@pingan/api'
import { type InjectionKey, type Ref, type ShallowRef, inject, provide, ref, shallowReactive, shallowRef } from 'vue'
import { LiveConnection, type LiveStatus } from './connection'
import type { EntityKind, EntityTypes, Fix, FixOutcome, LivePosition, StreamName } from './frames'
import { batch } from './batch'
import { type Verdict, isKnown } from './protocol'

type Maps = { [Kind in EntityKind]: Map<string, EntityTypes[Kind]> }

export interface Live {
  status: Ref<LiveStatus>
  /** When the next try is made, on the server's clock, while waiting. */
  retryAt_ms: Ref<number | null>
  /** The server's instant up to which this screen is right; null: nothing has come yet. */
  asOf: Ref<string | null>
  /** Whether every stream is known: an empty list is an empty list only then. */
  known: Ref<boolean>
  account: Maps
  station: Maps
  /** Not reactive, by responder; read it when `moves` ticks, once a second at most. */
  positions: ReadonlyMap<string, LivePosition>
  moves: ShallowRef<number>
  start(): void
  stop(): void
  hurry(): void
  acknowledge(messageId: string, step: 'received' | 'shown'): boolean
  sendFixes(fixes: Fix[]): Promise<FixOutcome[]>
  /** Hear of each change as it comes; for sounds. Snapshots are told as `null`. */
  onChange(listener: ChangeListener): () => void
}

export type ChangeListener = (stream: StreamName, entity: EntityKind | null, id: string | null) => void

const KINDS: EntityKind[] = ['incident', 'order', 'responder', 'alarm', 'swap', 'aid', 'message', 'chat_line']

function makeMaps(): Maps {
  return Object.fromEntries(KINDS.map((kind) => [kind, shallowReactive(new Map())])) as unknown as Maps
}

/** Made once by the app and given down; `useLive()` takes it. `acknowledges`: a wall only looks and confirms nothing. */
export function createLive(api: Api, { acknowledges = true } = {}): Live {
  const streams: Record<string, Maps> = { account: makeMaps(), station: makeMaps() }
  const status = ref<LiveStatus>('off')
  const retryAt_ms = ref<number | null>(null)
  const asOf = ref<string | null>(null)
  const known = ref(false)
  const moves = shallowRef(0)
  const listeners = new Set<ChangeListener>()
  /** Said again after every reconnect: an acknowledgement that was cut off leaves the person unreached. */
  const received = new Set<string>()

  const connection: LiveConnection = new LiveConnection(api, {
    onStatus(next, retry) {
      status.value = next
      retryAt_ms.value = retry
      if (next !== 'live') received.clear()
      if (next === 'off' || next === 'refused') clear()
    },
    onVerdict(verdict) {
      mirror(verdict)
      known.value = isKnown(connection.book)
      // one stream alone does not make the screen right
      if (known.value || connection.book.asOf === null) asOf.value = connection.book.asOf
      if (acknowledges) confirm(connection.book.streams['account']?.entities['message'] ?? {})
    },
  })

  /** A burst of changes is drawn once: each entity as it stands when the screen is drawn next. */
  const changes = batch<[StreamName, EntityKind, string]>((all) => {
    const done = new Set<string>()
    for (const [stream, entity, id] of all) {
      const key = `${stream}/${entity}/${id}`
      if (done.has(key)) continue
      done.add(key)
      const map = streams[stream]?.[entity] as Map<string, unknown> | undefined
      if (!map) continue
      const value = connection.book.streams[stream]?.entities[entity]?.[id]
      if (value === undefined) map.delete(id)
      else map.set(id, value)
      tell(stream, entity, id)
    }
  })

  function mirror(verdict: Verdict): void {
    if (verdict.kind === 'moved') moves.value += 1
    if (verdict.kind !== 'changed' && verdict.kind !== 'replaced') return
    const maps = streams[verdict.stream]
    if (!maps) return
    const entities = connection.book.streams[verdict.stream]?.entities ?? {}
    if (verdict.kind === 'replaced') {
      changes.flush()
      for (const kind of KINDS) replace(maps[kind] as Map<string, unknown>, entities[kind] ?? {})
      moves.value += 1
      tell(verdict.stream as StreamName, null, null)
      return
    }
    changes.add(verdict.entities.map(([entity, id]) => [verdict.stream as StreamName, entity as EntityKind, id]))
  }

  function confirm(messages: Record<string, unknown>): void {
    for (const id of Object.keys(messages)) {
      if (!received.has(id) && connection.acknowledge(id, 'received')) received.add(id)
    }
  }

  function tell(stream: StreamName, entity: EntityKind | null, id: string | null): void {
    for (const listener of listeners) listener(stream, entity, id)
  }

  function clear(): void {
    changes.drop()
    for (const maps of Object.values(streams)) for (const kind of KINDS) maps[kind].clear()
    known.value = false
    asOf.value = null
    moves.value += 1
  }

  if (typeof window !== 'undefined') {
    for (const event of ['online', 'focus', 'pageshow']) window.addEventListener(event, () => connection.wake())
    window.addEventListener('offline', () => connection.cut())
    document.addEventListener('visibilitychange', () => document.visibilityState === 'visible' && connection.wake())
  }

  return {
    status, retryAt_ms, asOf, known, moves,
    account: streams['account']!,
    station: streams['station']!,
    get positions() {
      return connection.book.positions
    },
    start: () => connection.start(),
    stop: () => connection.stop(),
    hurry: () => connection.hurry(),
    acknowledge: (id, step) => connection.acknowledge(id, step),
    sendFixes: (fixes) => connection.sendFixes(fixes),
    onChange(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
  }
}

function replace(map: Map<string, unknown>, by: Record<string, unknown>): void {
  for (const id of [...map.keys()]) if (!(id in by)) map.delete(id)
  for (const [id, value] of Object.entries(by)) map.set(id, value)
}

const LIVE: InjectionKey<Live> = Symbol('live')

export function provideLive(live: Live): void {
  provide(LIVE, live)
}

export { LIVE }

export function useLive(): Live {
  const live = inject(LIVE)
  if (!live) throw new Error('no live connection was provided')
  return live
}
