/** What the map draws, as values: no map, no clock of its own. */
import type { LivePosition, LiveResponder } from '@pingan/live'
import type { Incident } from '../incidents/useIncidents'
import type { ResponderState } from './icons'

/** From this age on a position is grey; from the second on the system itself no longer recommends its owner. */
export const STALE_MS = 30_000
export const WORTHLESS_MS = 120_000

export function stateOf(responder: LiveResponder, position: LivePosition | undefined, now_ms: number): ResponderState {
  if (responder.position_suspect) return 'suspect'
  if (responder.kind !== 'safe_house' && (!position || now_ms - Date.parse(position.captured_at) > STALE_MS)) return responder.engaged ? 'engaged-stale' : 'stale'
  return responder.engaged ? 'engaged' : 'free'
}

/** `3′` under a mark whose place is old: nobody shall take it for where he is. */
export function ageLabel(ms: number): string {
  if (ms <= STALE_MS) return ''
  const minutes = Math.floor(ms / 60_000)
  if (minutes < 1) return `${Math.floor(ms / 1_000)}″`
  return minutes < 100 ? `${minutes}′` : `${Math.floor(minutes / 60)}h`
}

export interface Marks {
  selected: string | null
  picked: ReadonlySet<string>
}

export function responderFeatures(
  responders: Iterable<LiveResponder>,
  positions: ReadonlyMap<string, LivePosition>,
  { selected, picked }: Marks,
  now_ms: number,
): GeoJSON.FeatureCollection {
  const features: GeoJSON.Feature[] = []
  for (const responder of responders) {
    const position = positions.get(responder.id)
    const at = position?.position ?? responder.position
    if (!at || (responder.kind !== 'safe_house' && !responder.on_duty)) continue
    const state = stateOf(responder, position, now_ms)
    features.push({
      type: 'Feature',
      geometry: { type: 'Point', coordinates: [at.lon, at.lat] },
      properties: {
        id: responder.id,
        icon: `r-${responder.kind}-${state}`,
        name: responder.call_sign ?? responder.name,
        age: position ? ageLabel(now_ms - Date.parse(position.captured_at)) : '',
        free: state === 'free' ? 1 : 0,
        marked: picked.has(responder.id) ? 2 : selected === responder.id ? 1 : 0,
        // police above guards above houses
        sort: { patrol_unit: 3, guard: 2, safe_house: 1 }[responder.kind],
      },
    })
  }
  return { type: 'FeatureCollection', features }
}

export function incidentFeatures(incidents: Incident[], selected: string | null, name: (incident: Incident) => string): GeoJSON.FeatureCollection {
  return {
    type: 'FeatureCollection',
    features: incidents.map((incident) => ({
      type: 'Feature',
      geometry: { type: 'Point', coordinates: [incident.position.lon, incident.position.lat] },
      properties: {
        id: incident.id,
        icon: `i-${incident.state}-${incident.level}`,
        name: name(incident),
        selected: incident.id === selected ? 1 : 0,
        sort: 10 - incident.level,
      },
    })),
  }
}

/** Whether a point lies in a ring; for picking by hand on a screen, where the earth is flat. */
export function inRing([x, y]: [number, number], ring: [number, number][]): boolean {
  let inside = false
  for (let a = 0, b = ring.length - 1; a < ring.length; b = a++) {
    const [ax, ay] = ring[a]!
    const [bx, by] = ring[b]!
    if (ay > y !== by > y && x < ((bx - ax) * (y - ay)) / (by - ay) + ax) inside = !inside
  }
  return inside
}
