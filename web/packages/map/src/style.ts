/** The look of the ground: our own tiles, drawn by rules that stand here. No outside service, no glyph server. */
import type { ExpressionSpecification, LayerSpecification, StyleSpecification } from 'maplibre-gl'
import type { Raster } from './raster'

interface Palette {
  ground: string
  road: string
  roadEdge: string
  main: string
  mainEdge: string
  path: string
  text: string
  halo: string
  area: string
}

const LIGHT: Palette = {
  ground: '#eef1f5', road: '#ffffff', roadEdge: '#d3dae4', main: '#fdf0cf', mainEdge: '#dcc48a',
  path: '#c9d2de', text: '#44536a', halo: '#ffffff', area: '#1c4f9f',
}
const DARK: Palette = {
  ground: '#111b29', road: '#26374d', roadEdge: '#0c1420', main: '#3d4f68', mainEdge: '#0c1420',
  path: '#1f2d40', text: '#a9b9cf', halo: '#0c1420', area: '#82b3f8',
}

/** Fonts of the person's own machine; the map has no others. */
export const FONTS = '"PingFang SC", "Microsoft YaHei", "Noto Sans CJK SC", "Source Han Sans SC", "WenQuanYi Micro Hei", sans-serif'
const FONT = ['Noto Sans CJK SC']
const MAIN = ['motorway', 'trunk', 'primary', 'secondary', 'motorway_link', 'trunk_link', 'primary_link', 'secondary_link']
const PATHS = ['footway', 'path', 'steps', 'cycleway', 'track', 'pedestrian']

const isMain: ExpressionSpecification = ['in', ['get', 'class'], ['literal', MAIN]]
const isPath: ExpressionSpecification = ['in', ['get', 'class'], ['literal', PATHS]]

function width(main: number, other: number): ExpressionSpecification {
  return ['interpolate', ['exponential', 1.6], ['zoom'], 11, ['case', isMain, main / 10, other / 16], 18, ['case', isMain, main * 3, other * 3]]
}

export const TILES = 'pingan-tiles'

/** The style of the ground in that theme; `raster` lies below our own lines when it is set. */
export function groundStyle(dark: boolean, raster: Raster | null): StyleSpecification {
  const p = dark ? DARK : LIGHT
  const ground: LayerSpecification[] = [{ id: 'ground', type: 'background', paint: { 'background-color': p.ground } }]
  if (raster) {
    // an outside map is bright: at night it must not dazzle
    ground.push({ id: 'raster', type: 'raster', source: 'raster', paint: dark ? { 'raster-brightness-max': 0.45, 'raster-saturation': -0.5 } : {} })
  } else {
    ground.push(...roads(p), ...names(p))
  }
  return {
    version: 8,
    sources: {
      [TILES]: { type: 'vector', tiles: [`${location.origin}/api/v1/tiles/{z}/{x}/{y}.mvt`], minzoom: 8, maxzoom: 16 },
      ...(raster ? { raster: { type: 'raster', tiles: [raster.url], tileSize: 256, attribution: raster.attribution } } : {}),
    },
    layers: [...ground, ...areas(p)],
  }
}

function roads(p: Palette): LayerSpecification[] {
  const lines = { source: TILES, 'source-layer': 'roads', type: 'line', layout: { 'line-cap': 'round', 'line-join': 'round' } } as const
  return [
    { ...lines, id: 'paths', minzoom: 14, filter: isPath, paint: { 'line-color': p.path, 'line-width': 1.4, 'line-dasharray': [2, 1.5] } },
    { ...lines, id: 'road-edges', filter: ['!', isPath], paint: { 'line-color': ['case', isMain, p.mainEdge, p.roadEdge], 'line-width': width(11, 8.5) } },
    { ...lines, id: 'roads', filter: ['!', isPath], paint: { 'line-color': ['case', isMain, p.main, p.road], 'line-width': width(9, 7) } },
  ]
}

function names(p: Palette): LayerSpecification[] {
  const words = { source: TILES, type: 'symbol', paint: { 'text-color': p.text, 'text-halo-color': p.halo, 'text-halo-width': 1.4 } } as const
  return [
    { ...words, id: 'road-names', 'source-layer': 'roads', minzoom: 14, filter: ['has', 'name'],
      layout: { 'symbol-placement': 'line', 'text-field': ['get', 'name'], 'text-font': FONT, 'text-size': 12, 'symbol-spacing': 320 } },
    { ...words, id: 'place-names', 'source-layer': 'places', minzoom: 14,
      filter: ['any', ['!=', ['get', 'kind'], 'address'], ['>=', ['zoom'], 17]],
      layout: { 'text-field': ['get', 'name'], 'text-font': FONT, 'text-size': ['case', ['==', ['get', 'kind'], 'address'], 10, 12], 'text-max-width': 9, 'text-padding': 8 } },
  ]
}

function areas(p: Palette): LayerSpecification[] {
  const outline = { source: TILES, 'source-layer': 'areas', type: 'line' } as const
  return [
    { ...outline, id: 'areas-jurisdiction', filter: ['==', ['get', 'kind'], 'jurisdiction'], paint: { 'line-color': p.area, 'line-width': 2.2, 'line-dasharray': [4, 2], 'line-opacity': 0.75 } },
    { ...outline, id: 'areas-beat', filter: ['==', ['get', 'kind'], 'beat'], paint: { 'line-color': p.area, 'line-width': 1.2, 'line-dasharray': [1.5, 1.5], 'line-opacity': 0.7 } },
    { ...outline, id: 'areas-post', filter: ['==', ['get', 'kind'], 'post'], paint: { 'line-color': p.area, 'line-width': 1, 'line-opacity': 0.6 } },
  ]
}
