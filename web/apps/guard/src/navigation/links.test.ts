import gcoord from 'gcoord'
import { describe, expect, it } from 'vitest'
import { metres } from '../position/rate'
import { toBd09, toGcj02 } from './datum'
import { linkTo } from './links'

const WUJING = { lon: 121.463301, lat: 31.046702 }
const NAME = { name: '集结点', means: 'walk' as const }

describe('the datum of each map app', () => {
  it('is the same as the map library’s to a centimetre, over all of China', () => {
    for (let lon = 75; lon < 135; lon += 7.3) {
      for (let lat = 18; lat < 53; lat += 5.1) {
        const [gLon, gLat] = gcoord.transform([lon, lat], gcoord.WGS84, gcoord.GCJ02) as [number, number]
        const [bLon, bLat] = gcoord.transform([lon, lat], gcoord.WGS84, gcoord.BD09) as [number, number]
        expect(metres(toGcj02({ lon, lat }), { lon: gLon, lat: gLat })).toBeLessThan(0.01)
        expect(metres(toBd09({ lon, lat }), { lon: bLon, lat: bLat })).toBeLessThan(0.01)
      }
    }
  })

  it('lies some 480 m off at Wujing, so that the wrong one leads to the wrong street', () => {
    expect(metres(WUJING, toGcj02(WUJING))).toBeGreaterThan(470)
    expect(metres(WUJING, toGcj02(WUJING))).toBeLessThan(500)
  })

  it('is unshifted abroad', () => {
    expect(toGcj02({ lon: 2.35, lat: 48.85 })).toEqual({ lon: 2.35, lat: 48.85 })
  })
})

describe('a link', () => {
  it('gives AMap WGS-84, lon before lat, and says so', () => {
    const link = linkTo('amap', WUJING, NAME)
    expect(link).toContain('to=121.463301,31.046702,')
    expect(link).toContain('coordinate=wgs84')
    expect(link).toContain('mode=walk')
  })

  it('gives Baidu BD-09, lat before lon, and says so', () => {
    const { lon, lat } = toBd09(WUJING)
    const here = `${lat.toFixed(6)},${lon.toFixed(6)}`
    expect(linkTo('baidu', WUJING, NAME)).toContain(`marker?location=${here}&`)
    expect(linkTo('baidu', WUJING, { ...NAME, from: WUJING })).toContain(`destination=latlng:${here}|`)
    for (const from of [null, WUJING]) expect(linkTo('baidu', WUJING, { ...NAME, from })).toContain('coord_type=bd09ll')
  })

  it('gives Tencent GCJ-02, lat before lon', () => {
    const { lon, lat } = toGcj02(WUJING)
    expect(linkTo('tencent', WUJING, NAME)).toContain(`tocoord=${lat.toFixed(6)},${lon.toFixed(6)}`)
  })

  it('gives any other app WGS-84 by geo:', () => {
    expect(linkTo('geo', WUJING, NAME)).toMatch(/^geo:31\.046702,121\.463301\?q=/)
  })

  it('tells the map company no more than a point and a fixed word', () => {
    expect(decodeURIComponent(linkTo('amap', WUJING, NAME))).toContain('集结点')
  })
})
