/** An ended incident as it went: where everybody was at any moment, by the tracks that were kept. */
import type { Schemas } from '@pingan/api'

export type Replay = Schemas['ReplayOut']
type Part = Replay['parts'][number]

/** Where somebody was, between the two fixes around that moment; null before the first and long after the last. */
export function placeAt(part: Part, at_ms: number): [number, number] | null {
  const track = part.track.filter((point) => !point.suspect)
  const after = track.findIndex((point) => Date.parse(point.captured_at) >= at_ms)
  if (after < 0) {
    const last = track[track.length - 1]
    return last ? [last.position.lon, last.position.lat] : null
  }
  const b = track[after]!
  const a = track[after - 1]
  if (!a) return Date.parse(b.captured_at) - at_ms < 60_000 ? [b.position.lon, b.position.lat] : null
  const from_ms = Date.parse(a.captured_at)
  const share = (at_ms - from_ms) / Math.max(1, Date.parse(b.captured_at) - from_ms)
  return [a.position.lon + (b.position.lon - a.position.lon) * share, a.position.lat + (b.position.lat - a.position.lat) * share]
}

/** The newest step of his order at that moment. */
export function stepAt(part: Part, at_ms: number): string | null {
  const passed = part.steps.filter((step) => Date.parse(step.at) <= at_ms)
  return passed.sort((a, b) => a.at.localeCompare(b.at))[passed.length - 1]?.name ?? null
}

export function featuresAt(replay: Replay, at_ms: number): { points: GeoJSON.FeatureCollection; lines: GeoJSON.FeatureCollection } {
  const points: GeoJSON.Feature[] = []
  const lines: GeoJSON.Feature[] = []
  for (const part of replay.parts) {
    const step = stepAt(part, at_ms)
    const place = placeAt(part, at_ms)
    if (!step || !place) continue
    const ended = part.ended_at !== null && Date.parse(part.ended_at) <= at_ms
    const icon = `r-${part.kind}-${ended ? 'off' : ['accepted', 'en_route', 'arrived'].includes(step) ? 'engaged' : 'free'}`
    points.push({ type: 'Feature', properties: { icon, name: part.call_sign ?? part.name }, geometry: { type: 'Point', coordinates: place } })
    const passed = part.track.filter((point) => !point.suspect && Date.parse(point.captured_at) <= at_ms).map(({ position }) => [position.lon, position.lat])
    if (passed.length > 1) lines.push({ type: 'Feature', properties: {}, geometry: { type: 'LineString', coordinates: [...passed, place] } })
  }
  const { position, level } = replay.incident
  points.push({ type: 'Feature', properties: { icon: `i-arrived-${level}`, name: '' }, geometry: { type: 'Point', coordinates: [position.lon, position.lat] } })
  return { points: { type: 'FeatureCollection', features: points }, lines: { type: 'FeatureCollection', features: lines } }
}
