/** Who comes, where he was last, and whether that is still so. */
import type { LivePosition } from '@pingan/live'
import type { Helper } from './useFile'

export interface Mark {
  name: string
  lon: number
  lat: number
  /** The place is some time old. */
  old: boolean
}

const OLD_MS = 30_000

export function marksOf(helpers: Helper[], places: ReadonlyMap<string, LivePosition>, now_ms: number): Mark[] {
  return helpers.flatMap((order) => {
    const place = places.get(order.responder.id)
    if (!place) return []
    return [{ name: order.responder.name, lon: place.position.lon, lat: place.position.lat, old: now_ms - Date.parse(place.captured_at) > OLD_MS }]
  })
}
