/** An outside map and its datum. Ours is WGS-84; on a GCJ-02 map everything of ours is shifted before it is drawn. */
import type { Schemas } from '@pingan/api'
import gcoord from 'gcoord'

export type Raster = NonNullable<Schemas['ScreenSettingsOut']['raster']>
export type Lonlat = [lon: number, lat: number]
export type Datum = 'wgs84' | 'gcj02'

/** Where a WGS-84 point lies on a map of that datum. */
export function toMap([lon, lat]: Lonlat, datum: Datum): Lonlat {
  return datum === 'gcj02' ? (gcoord.transform([lon, lat], gcoord.WGS84, gcoord.GCJ02) as Lonlat) : [lon, lat]
}

/** The WGS-84 point of a place on a map of that datum. */
export function fromMap([lon, lat]: Lonlat, datum: Datum): Lonlat {
  return datum === 'gcj02' ? (gcoord.transform([lon, lat], gcoord.GCJ02, gcoord.WGS84) as Lonlat) : [lon, lat]
}

/** A copy whose every coordinate is shifted; gcoord changes what it is given. */
export function shift<T extends GeoJSON.GeoJSON>(features: T, datum: Datum): T {
  if (datum === 'wgs84') return features
  return gcoord.transform(JSON.parse(JSON.stringify(features)) as never, gcoord.WGS84, gcoord.GCJ02) as T
}
