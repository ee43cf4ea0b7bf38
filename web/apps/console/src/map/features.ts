/** What the map draws, as values: no map, no clock of its own. */
import type { LivePosition, LiveResponder } from '@pingan/live'
import type { Incident } from '../incidents/useIncidents'
import type { ResponderState } from './icons'

/** From this age on a position is grey; from the second on the system itself no longer recommends its owner. */
export const STALE_MS = 30_000
export const WORTHLESS_MS = 120_000

/** `age_ms`: of his newest place; null: none is known. */
export function stateOf(responder: LiveResponder, age_ms: number | null): ResponderState {
  if (responder.position_suspect) return 'suspect'
  if (responder.kind !== 'safe_house' && (age_ms === null || age_ms > STALE_MS)) return responder.engaged ? 'engaged-stale' : 'stale'
  return responder.engaged ? 'engaged' : 'free'
}

/** `3′` under a mark whose place is old: nobody shall take it for where he is. */
export function ageLabel(ms: number): string {
  if (ms <= STALE_MS) return ''
  const minutes = Math.floor(ms / 60_000)
  if (minutes < 1) return `${Math.floor(ms / 1_000)}″`
  return minutes < 100 ? `${minutes}′` : `${Math.floor(minutes / 60)}h`
}

/** West, south, east, north; WGS-84. */
export type Box = readonly [number, number, number, number]

function isIn(at: { lon: number; lat: number }, [west, south, east, north]: Box): boolean {
  return at.lon >= west && at.lon <= east && at.lat >= south && at.lat <= north
}

/** That much wider to every side: whoever is about to come into view is drawn already. */
export function widen([west, south, east, north]: Box, by: number): Box {
  const [x, y] = [(east - west) * by, (north - south) * by]
  return [west - x, south - y, east + x, north + y]
}

export function contains(outer: Box, [west, south, east, north]: Box): boolean {
  return outer[0] <= west && outer[1] <= south && outer[2] >= east && outer[3] >= north
}

/** Up to which zoom marks are gathered. A station's few dozens stay themselves; thousands would only hide each other. */
export function gatherZoom(people: number): number {
  return people > 2_500 ? 15 : people > 600 ? 14 : 12
}

export interface Look {
  /** Who is outside is not drawn; null: everybody. */
  box: Box | null
  /** Names are read from near only. */
  names: boolean
}

export function responderFeatures(
  responders: Iterable<LiveResponder>,
  positions: ReadonlyMap<string, LivePosition>,
  { box, names }: Look,
  now_ms: number,
): GeoJSON.FeatureCollection<GeoJSON.Point> {
  const features: GeoJSON.Feature<GeoJSON.Point>[] = []
  for (const responder of responders) {
    const position = positions.get(responder.id)
    const at = position?.position ?? responder.position
    if (!at || (responder.kind !== 'safe_house' && !responder.on_duty) || (box && !isIn(at, box))) continue
    const age_ms = position ? now_ms - Date.parse(position.captured_at) : null
    const state = stateOf(responder, age_ms)
    features.push({
      type: 'Feature',
      geometry: { type: 'Point', coordinates: [at.lon, at.lat] },
      properties: {
        id: responder.id,
        icon: `r-${responder.kind}-${state}`,
        name: names ? (responder.call_sign ?? responder.name) : '',
        age: age_ms === null ? '' : ageLabel(age_ms),
        free: state === 'free' ? 1 : 0,
        // police above guards above houses
        sort: { patrol_unit: 3, guard: 2, safe_house: 1 }[responder.kind],
      },
    })
  }
  return { type: 'FeatureCollection', features }
}

/** Whether both would look the same on the map. */
export function areAlike(a: GeoJSON.FeatureCollection<GeoJSON.Point>, b: GeoJSON.FeatureCollection<GeoJSON.Point>): boolean {
  if (a.features.length !== b.features.length) return false
  return a.features.every((one, at) => {
    const other = b.features[at]!
    const [p, q] = [one.properties!, other.properties!]
    const [from, to] = [one.geometry.coordinates, other.geometry.coordinates]
    return from[0] === to[0] && from[1] === to[1] && p['id'] === q['id'] && p['icon'] === q['icon'] && p['age'] === q['age'] && p['name'] === q['name']
  })
}

/** Rings around those who are picked or looked at. */
export function ringFeatures(
  responders: ReadonlyMap<string, LiveResponder>,
  positions: ReadonlyMap<string, LivePosition>,
  selected: string | null,
  picked: ReadonlySet<string>,
): GeoJSON.FeatureCollection {
  const features: GeoJSON.Feature[] = []
  for (const id of new Set([...(selected ? [selected] : []), ...picked])) {
    const at = positions.get(id)?.position ?? responders.get(id)?.position
    if (at) features.push({ type: 'Feature', geometry: { type: 'Point', coordinates: [at.lon, at.lat] }, properties: { picked: picked.has(id) } })
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
