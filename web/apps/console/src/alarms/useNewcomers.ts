/** Incidents that this desk has not looked at yet: loud until somebody says that he has them. */
import { useLive } from '@pingan/live'
import { type ComputedRef, computed, reactive } from 'vue'
import { type Incident, useIncidents } from '../incidents/useIncidents'

const KEY = 'pingan.console.seen'
const MOST = 500

/** Survives a reload of the page; another desk decides for itself. */
const seen = reactive(new Set<string>(JSON.parse(sessionStorage.getItem(KEY) ?? '[]') as string[]))

export function see(id: string): void {
  if (seen.has(id)) return
  seen.add(id)
  sessionStorage.setItem(KEY, JSON.stringify([...seen].slice(-MOST)))
}

export function useNewcomers(): ComputedRef<Incident[]> {
  const live = useLive()
  const { incidents } = useIncidents()
  // what cannot be known to be open is no reason to ring
  return computed(() => (live.known.value ? incidents.value.filter((incident) => incident.state === 'received' && !seen.has(incident.id)) : []))
}
