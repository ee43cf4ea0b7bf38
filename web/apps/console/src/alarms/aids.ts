/** Whose word an aid waits for. */
import type { Schemas } from '@pingan/api'

export function waitsFor(aid: Schemas['AidOut'], station: string | undefined): boolean {
  if (aid.state !== 'requested' || station === undefined) return false
  return aid.requesting_station.id === station ? !aid.approved_a : aid.helping_station.id === station && !aid.approved_b
}
