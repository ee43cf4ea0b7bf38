/** WGS-84 to what the map apps of China want. Own few lines: the map's library is not loaded for a link. */

const A = 6_378_245.0
const EE = 0.006_693_421_622_965_943
const X_PI = (Math.PI * 3000) / 180

export interface Lonlat {
  lon: number
  lat: number
}

/** Outside China there is no shift. */
function isAbroad({ lon, lat }: Lonlat): boolean {
  return lon < 72.004 || lon > 137.8347 || lat < 0.8293 || lat > 55.8271
}

export function toGcj02(at: Lonlat): Lonlat {
  if (isAbroad(at)) return { ...at }
  const x = at.lon - 105
  const y = at.lat - 35
  const wave = (20 * Math.sin(6 * x * Math.PI) + 20 * Math.sin(2 * x * Math.PI)) * (2 / 3)
  let dLat = -100 + 2 * x + 3 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * Math.sqrt(Math.abs(x)) + wave
  dLat += ((20 * Math.sin(y * Math.PI) + 40 * Math.sin((y / 3) * Math.PI)) * 2) / 3
  dLat += ((160 * Math.sin((y / 12) * Math.PI) + 320 * Math.sin((y * Math.PI) / 30)) * 2) / 3
  let dLon = 300 + x + 2 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * Math.sqrt(Math.abs(x)) + wave
  dLon += ((20 * Math.sin(x * Math.PI) + 40 * Math.sin((x / 3) * Math.PI)) * 2) / 3
  dLon += ((150 * Math.sin((x / 12) * Math.PI) + 300 * Math.sin((x / 30) * Math.PI)) * 2) / 3
  const rad = (at.lat / 180) * Math.PI
  const magic = 1 - EE * Math.sin(rad) ** 2
  return {
    lat: at.lat + (dLat * 180) / (((A * (1 - EE)) / (magic * Math.sqrt(magic))) * Math.PI),
    lon: at.lon + (dLon * 180) / ((A / Math.sqrt(magic)) * Math.cos(rad) * Math.PI),
  }
}

export function toBd09(at: Lonlat): Lonlat {
  const { lon, lat } = toGcj02(at)
  const z = Math.sqrt(lon * lon + lat * lat) + 0.000_02 * Math.sin(lat * X_PI)
  const theta = Math.atan2(lat, lon) + 0.000_003 * Math.cos(lon * X_PI)
  return { lon: z * Math.cos(theta) + 0.0065, lat: z * Math.sin(theta) + 0.006 }
}
