/** An outline while it is drawn: polygons of rings of corners, without the repeated last one. WGS-84. Pure. */

export type Corner = [lon: number, lat: number]
export type Ring = Corner[]
export type Shape = Ring[][]
/** Polygon, ring, corner. */
export type At = readonly [number, number, number]
export interface Read {
  name: string
  shape: Shape
}
type Geometry = { type: string; coordinates?: unknown; geometries?: unknown }
type Json = Record<string, unknown>

/** As GPS knows it: a decimetre. */
const DIGITS = 6

export const round = ([lon, lat]: Corner): Corner => [Number(lon.toFixed(DIGITS)), Number(lat.toFixed(DIGITS))]
export const corners = (shape: Shape): number => shape.flat().reduce((sum, ring) => sum + ring.length, 0)
/** Whether each ring has the three corners that an area needs. */
export const isWhole = (shape: Shape): boolean => shape.length > 0 && shape.every((rings) => rings.length > 0 && rings.every((ring) => ring.length >= 3))

export function toGeometry(shape: Shape): { type: 'MultiPolygon'; coordinates: Corner[][][] } {
  return { type: 'MultiPolygon', coordinates: shape.map((rings) => rings.map((ring) => (ring.length ? [...ring, ring[0]!] : []))) }
}

export function fromGeometry(geometry: Geometry): Shape {
  const polygons = geometry.type === 'Polygon' ? [geometry.coordinates] : geometry.coordinates
  return (polygons as Corner[][][]).map((rings) => rings.map((ring) => open(ring)))
}

function open(ring: Corner[]): Ring {
  const [first, last] = [ring[0], ring[ring.length - 1]]
  const closed = ring.length > 1 && first![0] === last![0] && first![1] === last![1]
  return (closed ? ring.slice(0, -1) : ring).map(([lon, lat]) => [lon, lat])
}

function changed(shape: Shape, [p, r]: At | readonly [number, number], change: (ring: Ring) => Ring): Shape {
  return shape.map((rings, n) => (n === p ? rings.map((ring, m) => (m === r ? change(ring) : ring)) : rings))
}

export function moved(shape: Shape, at: At, to: Corner): Shape {
  return changed(shape, at, (ring) => ring.map((corner, n) => (n === at[2] ? round(to) : corner)))
}

/** Behind that corner. */
export function inserted(shape: Shape, at: At, corner: Corner): Shape {
  return changed(shape, at, (ring) => [...ring.slice(0, at[2] + 1), round(corner), ...ring.slice(at[2] + 1)])
}

/** A ring keeps its three corners. */
export function removed(shape: Shape, at: At): Shape {
  return changed(shape, at, (ring) => (ring.length > 3 ? ring.filter((_, n) => n !== at[2]) : ring))
}

/** One more corner at the end of what is being drawn. */
export function appended(shape: Shape, corner: Corner): Shape {
  if (!shape.length) return [[[round(corner)]]]
  return changed(shape, [0, 0], (ring) => [...ring, round(corner)])
}

/** One more corner where it makes the smallest detour. */
export function squeezed(shape: Shape, corner: Corner): Shape {
  let best: At = [0, 0, 0]
  let least = Infinity
  shape.forEach((rings, p) => rings.forEach((ring, r) => ring.forEach((from, n) => {
    const to = ring[(n + 1) % ring.length]!
    const detour = apart(from, corner) + apart(corner, to) - apart(from, to)
    if (detour < least) [least, best] = [detour, [p, r, n]]
  })))
  return inserted(shape, best, corner)
}

/** In degrees of latitude; a degree of longitude is shorter here. */
function apart(a: Corner, b: Corner): number {
  return Math.hypot((a[0] - b[0]) * Math.cos((a[1] * Math.PI) / 180), a[1] - b[1])
}

export function halfway(ring: Ring, n: number): Corner {
  const [a, b] = [ring[n]!, ring[(n + 1) % ring.length]!]
  return [(a[0] + b[0]) / 2, (a[1] + b[1]) / 2]
}

/** South-west and north-east; null of nothing. */
export function bounds(shapes: readonly Shape[]): [Corner, Corner] | null {
  const all = shapes.flat(3)
  if (!all.length) return null
  const [lons, lats] = [all.map(([lon]) => lon), all.map(([, lat]) => lat)]
  return [[Math.min(...lons), Math.min(...lats)], [Math.max(...lons), Math.max(...lats)]]
}

/** The polygons of a GeoJSON text, each with its name; null when it is none. Whether they are sound is the server's word. */
export function readGeojson(text: string): Read[] | null {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    return null
  }
  const found = read(value, '')
  return found.length ? found : null
}

function read(value: unknown, name: string): Read[] {
  if (typeof value !== 'object' || value === null) return []
  const json = value as Json
  if (json.type === 'FeatureCollection' && Array.isArray(json.features)) return json.features.flatMap((one) => read(one, ''))
  if (json.type === 'Feature') {
    const properties = (json.properties ?? {}) as Json
    return read(json.geometry, typeof properties.name === 'string' ? properties.name.trim() : '')
  }
  if (json.type !== 'Polygon' && json.type !== 'MultiPolygon') return []
  const shape = isCoordinates(json) ? fromGeometry(json as Geometry) : []
  return shape.length ? [{ name, shape }] : []
}

function isCoordinates({ type, coordinates }: Json): boolean {
  const polygons = type === 'Polygon' ? [coordinates] : coordinates
  const isCorner = (one: unknown): boolean => Array.isArray(one) && one.length >= 2 && one.slice(0, 2).every((n) => typeof n === 'number' && Number.isFinite(n))
  return Array.isArray(polygons) && polygons.every((rings) => Array.isArray(rings) && rings.length > 0 && rings.every((ring) => Array.isArray(ring) && ring.length > 0 && ring.every(isCorner)))
}
