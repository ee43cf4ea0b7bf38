/** What is said over the live socket, as docs/live-protocol.md has it. */
import type { Schemas } from '@pingan/api'

export type StreamName = 'account' | 'station'
export type EntityKind = 'incident' | 'order' | 'responder' | 'alarm' | 'swap' | 'aid' | 'message' | 'chat_line'

export interface Mark {
  epoch: string
  seq: number
}

export interface Point {
  lon: number
  lat: number
  crs: 'wgs84'
}

export interface LivePosition {
  responder_id: string
  position: Point
  captured_at: string
  accuracy_m: number | null
  speed_mps: number | null
  heading_deg: number | null
  battery_pct: number | null
}

/** A responder as consoles see him. */
export interface LiveResponder {
  id: string
  kind: 'guard' | 'safe_house' | 'patrol_unit'
  name: string
  call_sign: string | null
  organization: { id: string; name: string }
  post: { id: string; name: string } | null
  skills: string[]
  capabilities: string[]
  mobility: string | null
  position: Point | null
  address: string | null
  on_duty: boolean
  engaged: boolean
  position_suspect: boolean
  demo: boolean
  version: number
}

export type LiveMessage = Pick<
  Schemas['MessageOut'],
  'id' | 'kind' | 'text' | 'subject' | 'subject_id' | 'urgent' | 'created_at' | 'expires_at'
>

export interface EntityTypes {
  incident: Schemas['IncidentOut']
  order: Schemas['OrderOut']
  responder: LiveResponder
  alarm: Schemas['AlarmOut']
  swap: Schemas['SwapOut']
  aid: Schemas['AidOut']
  message: LiveMessage
  chat_line: Schemas['api__chats__schemas__LineOut']
}

export type Entities = Record<string, Record<string, unknown>>

export interface LiveEvent {
  seq: number
  at: string
  entity: string
  id: string
  value: unknown
}

export interface Fix {
  captured_at: string
  position: { lon: number; lat: number; crs: 'wgs84' | 'gcj02' | 'bd09' }
  accuracy_m?: number | null
  speed_mps?: number | null
  heading_deg?: number | null
  battery_pct?: number | null
  seq?: number | null
}

export interface FixOutcome {
  outcome: 'stored' | 'duplicate' | 'suspect' | 'refused'
  code?: string
}

export interface LiveProblem {
  type: string
  title: string
  detail: string
  hint: string
  ref?: string
}

export type ServerFrame =
  | { type: 'welcome'; protocol: number; at: string; account_id: string; role: string; streams: string[]; heartbeat_s: number; silence_s: number; build?: string | null }
  | { type: 'snapshot'; stream: string; epoch: string; seq: number; at: string; entities: Entities }
  | { type: 'events'; stream: string; epoch: string; events: LiveEvent[] }
  | { type: 'resync'; stream: string; reason: string }
  | { type: 'positions'; at: string; positions: LivePosition[] }
  | { type: 'heartbeat'; at: string; streams: Record<string, Mark> }
  | { type: 'acked'; message_id: string; step: 'received' | 'shown'; ref?: string }
  | { type: 'fixes_taken'; outcomes: FixOutcome[]; ref?: string }
  | { type: 'pong'; at: string; ref?: string }
  | { type: 'error'; problem: LiveProblem }
