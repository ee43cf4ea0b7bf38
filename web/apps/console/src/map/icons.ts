/** Marks of the map, drawn here: kind by shape, state by colour and by what is inside. */
import type { Map as MapLibre } from 'maplibre-gl'

const RATIO = 2
const SIZE = 30

type Draw = (context: CanvasRenderingContext2D) => void

export interface Colours {
  brand: string
  ok: string
  warn: string
  danger: string
  idle: string
  ground: string
}

/** The theme's own colours, read from the page. */
export function coloursNow(): Colours {
  const style = getComputedStyle(document.documentElement)
  const of = (name: string): string => style.getPropertyValue(`--c-${name}`).trim()
  return { brand: of('brand'), ok: of('ok'), warn: of('warn'), danger: of('danger'), idle: of('idle'), ground: of('surface') }
}

function image(draw: Draw): ImageData {
  const canvas = document.createElement('canvas')
  canvas.width = canvas.height = SIZE * RATIO
  const context = canvas.getContext('2d', { willReadFrequently: true })!
  context.scale(RATIO, RATIO)
  context.lineJoin = 'round'
  context.lineCap = 'round'
  draw(context)
  return context.getImageData(0, 0, canvas.width, canvas.height)
}

function path(points: [number, number][]): Path2D {
  const outline = new Path2D()
  points.forEach(([x, y], at) => (at ? outline.lineTo(x, y) : outline.moveTo(x, y)))
  outline.closePath()
  return outline
}

function circle(r: number): Path2D {
  const outline = new Path2D()
  outline.arc(15, 15, r, 0, Math.PI * 2)
  return outline
}

export const KINDS = {
  guard: circle(8),
  patrol_unit: path([[15, 5], [24, 8], [24, 15], [21, 21], [15, 25], [9, 21], [6, 15], [6, 8]]),
  safe_house: path([[15, 5], [25, 13.5], [22.5, 13.5], [22.5, 24], [7.5, 24], [7.5, 13.5], [5, 13.5]]),
}

const SHAPES: Record<string, Path2D> = {
  received: path([[15, 3], [28, 26], [2, 26]]),
  dispatched: path([[15, 2], [28, 15], [15, 28], [2, 15]]),
  arrived: path([[4, 4], [26, 4], [26, 26], [4, 26]]),
  handled: circle(12),
  feedback: circle(12),
}

/** `free`: full. `engaged`: full, with a bar. `stale`: hollow and grey. `suspect`: a question. */
export type ResponderState = 'free' | 'engaged' | 'stale' | 'engaged-stale' | 'suspect' | 'off'

function responder(shape: Path2D, state: ResponderState, c: Colours): Draw {
  const colour = { free: c.brand, engaged: c.warn, stale: c.idle, 'engaged-stale': c.idle, suspect: c.danger, off: c.idle }[state]
  return (context) => {
    context.lineWidth = 5
    context.strokeStyle = c.ground
    context.stroke(shape)
    context.fillStyle = state.endsWith('stale') || state === 'off' || state === 'suspect' ? c.ground : colour
    context.fill(shape)
    context.lineWidth = 2.2
    context.strokeStyle = colour
    context.stroke(shape)
    if (state.startsWith('engaged')) {
      context.fillStyle = state === 'engaged' ? c.ground : colour
      context.fillRect(11, 13.5, 8, 3)
    }
    if (state === 'suspect') letter(context, '?', colour)
  }
}

function letter(context: CanvasRenderingContext2D, text: string, colour: string, y = 15.5): void {
  context.fillStyle = colour
  context.font = 'bold 13px sans-serif'
  context.textAlign = 'center'
  context.textBaseline = 'middle'
  context.fillText(text, 15, y)
}

function incident(state: string, level: number, c: Colours): Draw {
  const shape = SHAPES[state] ?? circle(12)
  const colour = { received: c.danger, dispatched: c.warn, arrived: c.brand }[state] ?? c.ok
  return (context) => {
    context.lineWidth = 4
    context.strokeStyle = c.ground
    context.stroke(shape)
    context.fillStyle = colour
    context.fill(shape)
    letter(context, String(level), c.ground, state === 'received' ? 19 : 15.5)
  }
}

/** All marks of the room; again after the theme has changed. */
export function addIcons(map: MapLibre): void {
  const colours = coloursNow()
  const put = (id: string, draw: Draw): void => {
    if (!map.hasImage(id)) map.addImage(id, image(draw), { pixelRatio: RATIO })
  }
  for (const [kind, shape] of Object.entries(KINDS)) {
    for (const state of ['free', 'engaged', 'stale', 'engaged-stale', 'suspect', 'off'] as const) put(`r-${kind}-${state}`, responder(shape, state, colours))
  }
  for (const state of Object.keys(SHAPES)) {
    for (const level of [1, 2, 3, 4]) put(`i-${state}-${level}`, incident(state, level, colours))
  }
  put('draft', (context) => {
    const pin = new Path2D('M15 28C9 20 6.5 16.5 6.5 11.500a8.5 8.5 0 0 1 17 0C23.5 16.5 21 20 15 28z')
    context.lineWidth = 3
    context.strokeStyle = colours.ground
    context.stroke(pin)
    context.fillStyle = colours.danger
    context.fill(pin)
  })
}
