/** What the parts of the room have in common: what is selected, what is being done, where to look. */
import type { Lonlat } from '@pingan/map'
import { defineStore } from 'pinia'
import { computed, reactive, ref, shallowRef } from 'vue'

export type Pane = 'incident' | 'intake' | 'responder'

export const useRoom = defineStore('room', () => {
  const incidentId = ref<string | null>(null)
  const responderId = ref<string | null>(null)
  const pane = ref<Pane | null>(null)
  /** People picked by hand, to be sent to the selected incident. */
  const picked = reactive(new Set<string>())
  /** Drawing a ring on the map picks whoever is in it. */
  const lasso = ref(false)
  /** Nobody who is free was in the last one: another may be drawn. */
  const ringEmpty = ref(false)
  /** The place of a call that is being taken down. */
  const draft = shallowRef<Lonlat | null>(null)
  /** Where the map shall look next. */
  const look = shallowRef<{ at: Lonlat; zoom?: number } | null>(null)
  /** Who shall be looked at as soon as it is known where he is. */
  const seek = ref<string | null>(null)
  const layers = reactive({ areas: true, reach: false, cover: false, heat: false, track: false, routes: true })

  function openIncident(id: string): void {
    if (incidentId.value !== id) picked.clear()
    incidentId.value = id
    pane.value = 'incident'
  }

  function openResponder(id: string): void {
    responderId.value = id
    pane.value = 'responder'
  }

  /** Who he is, and where. */
  function findResponder(id: string): void {
    seek.value = id
    openResponder(id)
  }

  function take(): void {
    pane.value = 'intake'
    draft.value = null
  }

  function close(): void {
    if (lasso.value) lasso.value = false
    else if (picked.size) picked.clear()
    else if (pane.value === 'responder' && incidentId.value) pane.value = 'incident'
    else {
      pane.value = null
      incidentId.value = null
      responderId.value = null
    }
    draft.value = null
  }

  function toggle(id: string): void {
    if (!picked.delete(id)) picked.add(id)
  }

  return {
    incidentId, responderId, pane, picked, lasso, ringEmpty, draft, look, seek, layers,
    selected: computed(() => (pane.value === 'intake' ? null : incidentId.value)),
    openIncident, openResponder, findResponder, take, close, toggle,
  }
})
