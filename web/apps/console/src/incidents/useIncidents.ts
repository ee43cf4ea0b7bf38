/** The open incidents of the station in the order in which a dispatcher needs them, with what their orders say. */
import type { Schemas } from '@pingan/api'
import { type EntityTypes, useLive } from '@pingan/live'
import { type ComputedRef, computed } from 'vue'
import { ASKED, GOING } from './tones'

export type Incident = Schemas['IncidentOut']
export type Order = EntityTypes['order']

export interface Progress {
  orders: Order[]
  asked: number
  going: number
  there: number
  /** When the next one who was asked runs out of time. */
  due: string | null
}

/** Work first: not yet sent for, then under way, then what waits for others. Within: graver, then older. */
const RANK: Record<string, number> = { received: 0, dispatched: 1, arrived: 2, handled: 3, feedback: 4 }

export function compare(a: Incident, b: Incident): number {
  return (RANK[a.state] ?? 9) - (RANK[b.state] ?? 9) || a.level - b.level || a.received_at.localeCompare(b.received_at)
}

export function progressOf(orders: Order[]): Progress {
  const asked = orders.filter((order) => ASKED.includes(order.state))
  const due = asked.map((order) => order.accept_due_at).filter((at): at is string => at !== null).sort()[0]
  return {
    orders,
    asked: asked.length,
    going: orders.filter((order) => GOING.includes(order.state)).length,
    there: orders.filter((order) => order.milestones['arrived']).length,
    due: due ?? null,
  }
}

let shared: { incidents: ComputedRef<Incident[]>; orders: ComputedRef<Map<string, Order[]>> } | null = null

export function useIncidents() {
  const live = useLive()
  // one computation for all who look
  shared ??= {
    incidents: computed(() => [...live.station.incident.values()].sort(compare)),
    orders: computed(() => {
      const byIncident = new Map<string, Order[]>()
      for (const order of live.station.order.values()) {
        const list = byIncident.get(order.incident_id)
        if (list) list.push(order)
        else byIncident.set(order.incident_id, [order])
      }
      for (const list of byIncident.values()) list.sort((a, b) => a.offered_at.localeCompare(b.offered_at) || a.id.localeCompare(b.id))
      return byIncident
    }),
  }
  const { incidents, orders } = shared
  return {
    incidents,
    ordersOf: (id: string): Order[] => orders.value.get(id) ?? [],
    progress: (id: string): Progress => progressOf(orders.value.get(id) ?? []),
  }
}
