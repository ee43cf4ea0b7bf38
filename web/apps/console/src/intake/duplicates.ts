/** Calls that may be the same, while one is still being taken down; the server looks again when it is entered. */
import type { Incident } from '../incidents/useIncidents'
import { metres } from '../map/ground'

/** As the server judges: within half an hour, within 300 m, of the same type or category. */
const PERIOD_MS = 30 * 60_000
const RADIUS_M = 300

export interface Alike {
  incident: Incident
  distance_m: number
  sameType: boolean
}

export function alike(open: Incident[], call: { at: readonly [number, number] | null; category: string; type: string }, now_ms: number): Alike[] {
  const { at } = call
  if (!at) return []
  return open
    .map((incident) => ({
      incident,
      distance_m: metres(at, [incident.position.lon, incident.position.lat]),
      sameType: incident.category === call.category && incident.type === call.type,
    }))
    .filter(({ incident, distance_m }) => distance_m <= RADIUS_M && now_ms - Date.parse(incident.received_at) <= PERIOD_MS && (!call.category || incident.category === call.category))
    .sort((a, b) => Number(b.sameType) - Number(a.sameType) || a.distance_m - b.distance_m)
}
