/** Who is out at a neighbour, and who of a neighbour is here, as far as this station may see it. Pure. */
import type { Schemas } from '@pingan/api'
import type { LivePosition, LiveResponder } from '@pingan/live'

type Order = Schemas['OrderOut']

/** From his acceptance to his finish: before and after nothing is shown of him. */
const UNDER_WAY = ['accepted', 'en_route', 'arrived']
/** An older place is said to be old. */
export const STALE_MS = 120_000

export interface Lent {
  id: string
  name: string
  /** `out`: one of ours at theirs; `in`: one of theirs at ours. */
  how: 'out' | 'in'
  station: string
  order: Order
  position: LivePosition | null
}

export function listLent(
  responders: ReadonlyMap<string, LiveResponder>,
  orders: Iterable<Order>,
  aids: Iterable<Schemas['AidOut']>,
  positions: ReadonlyMap<string, LivePosition>,
  own: string,
): Lent[] {
  const byIncident = new Map([...aids].map((aid) => [aid.incident_id, aid]))
  const found: Lent[] = []
  for (const order of orders) {
    const aid = byIncident.get(order.incident_id)
    if (!aid || !UNDER_WAY.includes(order.state)) continue
    const { id, name } = order.responder
    const ours = responders.has(id)
    const how = aid.helping_station.id === own && ours ? 'out' : aid.requesting_station.id === own && !ours ? 'in' : null
    if (!how) continue
    found.push({ id, name, how, station: how === 'out' ? aid.requesting_station.name : aid.helping_station.name, order, position: positions.get(id) ?? null })
  }
  return found.sort((a, b) => a.how.localeCompare(b.how) || a.name.localeCompare(b.name))
}

export function peopleFeatures(
  responders: ReadonlyMap<string, LiveResponder>,
  positions: ReadonlyMap<string, LivePosition>,
  lent: readonly Lent[],
  now_ms: number,
): GeoJSON.FeatureCollection {
  const away = new Map(lent.map((one) => [one.id, one]))
  const features: GeoJSON.Feature[] = []
  const add = (at: { lon: number; lat: number }, properties: Record<string, unknown>): void => {
    features.push({ type: 'Feature', properties, geometry: { type: 'Point', coordinates: [at.lon, at.lat] } })
  }
  for (const responder of responders.values()) {
    if (away.has(responder.id) || !responder.on_duty) continue
    const fix = positions.get(responder.id)
    const at = responder.kind === 'safe_house' ? responder.position : fix?.position
    if (at) add(at, { how: responder.kind === 'safe_house' ? 'house' : 'own', stale: responder.kind !== 'safe_house' && isStale(fix, now_ms), name: '' })
  }
  for (const one of lent) if (one.position) add(one.position.position, { how: one.how, stale: isStale(one.position, now_ms), name: one.name })
  return { type: 'FeatureCollection', features }
}

export function isStale(fix: LivePosition | null | undefined, now_ms: number): boolean {
  return !fix || now_ms - Date.parse(fix.captured_at) > STALE_MS
}
