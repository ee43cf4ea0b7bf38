/**
 * The map apps that guards have, each called in its own datum and its own order of numbers.
 * The name in the link is a fixed word: an address is of the incident and does not go to a map company.
 */
import { type Lonlat, toBd09, toGcj02 } from './datum'

export type MapApp = 'amap' | 'baidu' | 'tencent' | 'geo'
export type Means = 'walk' | 'ride' | 'drive'
export const MAP_APPS: MapApp[] = ['amap', 'baidu', 'tencent', 'geo']

const SOURCE = 'pingan'
const AMAP: Record<Means, string> = { drive: 'car', walk: 'walk', ride: 'ride' }
const BAIDU: Record<Means, string> = { drive: 'driving', walk: 'walking', ride: 'riding' }
const TENCENT: Record<Means, string> = { drive: 'drive', walk: 'walk', ride: 'bike' }

/** A WGS-84 point as a link that opens the app, or its page where it is not installed. */
export function linkTo(app: MapApp, to: Lonlat, { name, means = 'walk', from, here = '' }: { name: string; means?: Means; from?: Lonlat | null; /** What the place where one stands is called. */ here?: string }): string {
  const label = encodeURIComponent(name)
  switch (app) {
    case 'amap':
      // takes WGS-84 itself; lon before lat
      return `https://uri.amap.com/navigation?to=${n(to.lon)},${n(to.lat)},${label}&mode=${AMAP[means]}&coordinate=wgs84&src=${SOURCE}&callnative=1`
    case 'baidu': {
      // its own datum, so that nothing is left to the app's guess; lat before lon
      const { lon, lat } = toBd09(to)
      // it finds a way only from a place that it is told
      if (!from) return `https://api.map.baidu.com/marker?location=${n(lat)},${n(lon)}&title=${label}&content=${label}&coord_type=bd09ll&output=html&src=${SOURCE}`
      const start = toBd09(from)
      const ends = `origin=latlng:${n(start.lat)},${n(start.lon)}|name:${encodeURIComponent(here)}&destination=latlng:${n(lat)},${n(lon)}|name:${label}`
      return `https://api.map.baidu.com/direction?${ends}&mode=${BAIDU[means]}&coord_type=bd09ll&output=html&src=${SOURCE}`
    }
    case 'tencent': {
      // GCJ-02 and nothing else; lat before lon
      const { lon, lat } = toGcj02(to)
      return `https://apis.map.qq.com/uri/v1/routeplan?type=${TENCENT[means]}&to=${label}&tocoord=${n(lat)},${n(lon)}&referer=${SOURCE}`
    }
    case 'geo':
      return `geo:${n(to.lat)},${n(to.lon)}?q=${n(to.lat)},${n(to.lon)}(${label})`
  }
}

/** Six places are a tenth of a metre. */
function n(value: number): string {
  return value.toFixed(6)
}
