/** How far and how long it is from here: by the roads where the server can be asked, else by the straight line. */
import { ok, serverNow } from '@pingan/api'
import { useApi } from '@pingan/ui'
import { type ComputedRef, computed, shallowRef, watch } from 'vue'
import { usePosition } from '../position/usePosition'
import { FORGOTTEN_S, metres } from '../position/rate'
import type { Schemas } from '@pingan/api'

export type Route = Schemas['RouteOut']
export interface Way {
  metres: number
  seconds: number
  basis: 'road' | 'straight_line' | 'guess'
}

interface Point {
  lon: number
  lat: number
}

/** Streets are not straight; so fast one gets on in a town. */
const DETOUR = 1.35
const SPEED_MPS = { foot: 1.3, car: 7 }
const MOVED_M = 80

export function useWay(target: () => Point | null | undefined, mobility: 'foot' | 'car' = 'foot'): { way: ComputedRef<Way | null>; route: ComputedRef<Route | null>; from: ComputedRef<Point | null> } {
  const api = useApi()
  const position = usePosition()
  const route = shallowRef<Route | null>(null)
  let asked: Point | null = null
  let busy = false

  const from = computed(() => {
    const place = position.place.value
    return place && serverNow() - place.at_ms < FORGOTTEN_S * 1000 ? place : null
  })
  const straight_m = computed(() => {
    const to = target()
    return from.value && to ? metres(from.value, to) : null
  })

  watch([from, target], async ([here, to]) => {
    if (!here || !to || busy || (asked && metres(asked, here) < MOVED_M)) return
    busy = true
    try {
      const query = { from_lon: here.lon, from_lat: here.lat, from_crs: 'wgs84' as const, to_lon: to.lon, to_lat: to.lat, to_crs: 'wgs84' as const, mobility }
      route.value = (await ok(api.GET('/api/v1/routes', { params: { query } }))) as Route
      asked = here
    } catch {
      // the straight line stands in
    } finally {
      busy = false
    }
  }, { immediate: true })

  const way = computed<Way | null>(() => {
    const straight = straight_m.value
    if (straight === null) return null
    // a route of long ago is not that from here
    if (route.value && asked && from.value && metres(asked, from.value) < 2 * MOVED_M) return { metres: route.value.metres, seconds: route.value.seconds, basis: route.value.basis }
    return { metres: straight * DETOUR, seconds: (straight * DETOUR) / SPEED_MPS[mobility], basis: 'guess' }
  })

  return { way, route: computed(() => route.value), from }
}
