/** Shape and colour of every state, the same in lists, on the map and on the wall. */
import type { Schemas } from '@pingan/api'

type Tone = 'idle' | 'brand' | 'ok' | 'warn' | 'danger'
type Shape = 'circle' | 'ring' | 'triangle' | 'square' | 'diamond' | 'cross' | 'check' | 'half'
export interface Look {
  tone: Tone
  shape: Shape
}

const INCIDENT: Record<Schemas['IncidentState'], Look> = {
  received: { tone: 'danger', shape: 'triangle' },
  dispatched: { tone: 'warn', shape: 'diamond' },
  arrived: { tone: 'brand', shape: 'square' },
  handled: { tone: 'ok', shape: 'half' },
  feedback: { tone: 'ok', shape: 'check' },
  closed: { tone: 'idle', shape: 'check' },
  cancelled: { tone: 'idle', shape: 'cross' },
  merged: { tone: 'idle', shape: 'ring' },
  unstaffed: { tone: 'danger', shape: 'cross' },
}

const ORDER: Record<Schemas['OrderState'], Look> = {
  offered: { tone: 'warn', shape: 'ring' },
  received: { tone: 'warn', shape: 'half' },
  shown: { tone: 'warn', shape: 'circle' },
  accepted: { tone: 'brand', shape: 'check' },
  en_route: { tone: 'brand', shape: 'triangle' },
  arrived: { tone: 'ok', shape: 'square' },
  completed: { tone: 'ok', shape: 'check' },
  rated: { tone: 'idle', shape: 'check' },
  declined: { tone: 'danger', shape: 'cross' },
  expired: { tone: 'danger', shape: 'ring' },
  stood_down: { tone: 'idle', shape: 'ring' },
  cancelled: { tone: 'idle', shape: 'cross' },
  failed: { tone: 'danger', shape: 'cross' },
}

export function incidentLook(state: Schemas['IncidentState']): Look {
  return INCIDENT[state] ?? { tone: 'idle', shape: 'circle' }
}

export function orderLook(state: Schemas['OrderState']): Look {
  return ORDER[state] ?? { tone: 'idle', shape: 'circle' }
}

export const LEVEL_TONE: Record<number, Tone> = { 1: 'danger', 2: 'warn', 3: 'brand', 4: 'idle' }

/** Orders that are still asked or under way. */
export const ASKED: readonly string[] = ['offered', 'received', 'shown']
export const GOING: readonly string[] = ['accepted', 'en_route', 'arrived']
