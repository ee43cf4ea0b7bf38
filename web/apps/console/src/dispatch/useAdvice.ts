/** Whom the machine would send to an incident, and the sending. */
import { type Schemas, ok, once } from '@pingan/api'
import { useAction, useApi, useLoad } from '@pingan/ui'
import { type Ref, computed, watch } from 'vue'
import { useI18n } from 'vue-i18n'
import { useIncidents } from '../incidents/useIncidents'
import { useRoom } from '../room/useRoom'

export type Recommendation = Schemas['RecommendationOut']
export type Ranked = Schemas['RankedOut']

export interface Candidate extends Ranked {
  kind: string
  needId: string
  chosen: boolean
}

export function candidatesOf(recommendations: Recommendation[]): Candidate[] {
  return recommendations.flatMap(({ need, chosen, reserves }) => [
    ...chosen.map((ranked) => ({ ...ranked, kind: need.kind, needId: need.id, chosen: true })),
    ...reserves.map((ranked) => ({ ...ranked, kind: need.kind, needId: need.id, chosen: false })),
  ])
}

export function useAdvice(id: string, state: Ref<string | undefined>) {
  const api = useApi()
  const room = useRoom()
  const { ordersOf } = useIncidents()
  const { locale } = useI18n()
  const path = { incident_id: id }
  /** The advice is written by the server, in the language of the screen. */
  const query = () => ({ lang: locale.value === 'en' ? ('en' as const) : ('zh' as const) })

  const again = async (): Promise<Schemas['RecommendationsOut']> => ok(api.POST('/api/v1/incidents/{incident_id}/recommendations', { params: { path, query: query() }, body: {} }))
  const { data, problem, busy, asOf, load } = useLoad(async () => {
    if (state.value === 'received') return again()
    const stored = await ok(api.GET('/api/v1/incidents/{incident_id}/recommendations', { params: { path, query: query() } }))
    return stored.items.length || !['dispatched', 'arrived'].includes(state.value ?? '') ? stored : again()
  })
  const renewed = useLoad(again)

  async function renew(): Promise<void> {
    await renewed.load()
    if (renewed.data.value) data.value = renewed.data.value
  }

  // an answer of somebody changes who is left
  watch(() => ordersOf(id).map((order) => order.id + (order.ended_at ?? '')).join(), (now, before) => before !== undefined && now !== before && void load())

  watch(locale, () => void load())

  const send = useAction((key: string, auto: boolean, ids: string[], reason: string) =>
    ok(api.POST('/api/v1/incidents/{incident_id}/dispatch', { params: { path }, headers: once(key), body: { auto, responder_ids: ids, reason: reason.trim() || null } })),
  )

  async function sendAdvised(): Promise<void> {
    await send.run(true, [], '')
  }

  async function sendPicked(reason: string): Promise<boolean> {
    const done = await send.run(false, [...room.picked], reason)
    if (done) room.picked.clear()
    return done !== undefined
  }

  return {
    items: computed(() => data.value?.items ?? []),
    /** Whoever was asked meanwhile is no candidate any more. */
    candidates: computed(() => {
      const asked = new Set(ordersOf(id).map((order) => order.responder.id))
      return candidatesOf(data.value?.items ?? []).filter((each) => !asked.has(each.responder_id))
    }),
    known: computed(() => data.value !== null),
    problem: computed(() => renewed.problem.value ?? problem.value),
    busy: computed(() => busy.value || renewed.busy.value),
    asOf, load, renew, send, sendAdvised, sendPicked,
  }
}
