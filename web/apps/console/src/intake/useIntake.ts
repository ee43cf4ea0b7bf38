/** A call that is being taken down: what is known so far, what is missing, and the two ways to enter it. */
import { Refusal, type Schemas, ok, once, serverNow } from '@pingan/api'
import type { Lonlat } from '@pingan/map'
import { useAccount, useAction, useWords } from '@pingan/ui'
import { useDebounceFn } from '@vueuse/core'
import { computed, onMounted, reactive, ref, shallowRef, watch } from 'vue'
import { see } from '../alarms/useNewcomers'
import { useIncidents } from '../incidents/useIncidents'
import { useRoom } from '../room/useRoom'
import { type Choice, choicesOf, findChoices, scenarioFor } from './catalogue'
import { alike } from './duplicates'

type Place = Schemas['PlaceOut']

const LEAST_LETTERS = 2

export function useIntake() {
  const { api, me } = useAccount()
  const room = useRoom()
  const { incidents } = useIncidents()

  const form = reactive({ type: '', address: '', summary: '', callerName: '', callerPhone: '', level: 0, confidential: false, drill: false, scenario: '' })
  const choice = shallowRef<Choice | null>(null)
  const place = shallowRef<Place | null>(null)
  const { word } = useWords()
  const types = shallowRef<Schemas['CategoryOut'][]>([])
  const catalogue = computed(() => choicesOf(types.value, word))
  const scenarios = shallowRef<Schemas['ScenarioOut'][]>([])
  const places = shallowRef<Place[]>([])
  const tried = ref(false)
  const problem = ref<unknown>(null)

  onMounted(async () => {
    try {
      const [kinds, all] = await Promise.all([ok(api.GET('/api/v1/incident-types')), ok(api.GET('/api/v1/scenarios'))])
      types.value = kinds
      scenarios.value = all
    } catch (error) {
      problem.value = error
    }
  })

  const search = useDebounceFn(async () => {
    const q = form.address.trim()
    if (q.length < LEAST_LETTERS || place.value?.name === q) return
    try {
      const items = await ok(api.GET('/api/v1/places', { params: { query: { q, limit: 8 } } }))
      if (form.address.trim() === q) places.value = items
    } catch {
      // the address may be typed and the place clicked
    }
  }, 120)
  watch(() => form.address, (said) => {
    if (place.value && place.value.name !== said) place.value = null
    places.value = []
    void search()
  })

  // a click on the map is the place; its name fills the address that nobody has typed
  watch(() => room.draft, async (at) => {
    if (!at || (place.value && place.value.position.lon === at[0])) return
    place.value = null
    if (form.address.trim()) return
    try {
      const near = await ok(api.GET('/api/v1/places/near', { params: { query: { lon: at[0], lat: at[1], crs: 'wgs84', limit: 1 } } }))
      if (!form.address.trim() && near.text) form.address = near.text
    } catch {
      // the server names it when it is entered
    }
  })

  function chooseType(chosen: Choice): void {
    choice.value = chosen
    form.type = chosen.label
    form.level = chosen.level
    form.scenario = scenarioFor(scenarios.value, chosen.category, chosen.type)?.key ?? ''
  }

  function choosePlace(chosen: Place): void {
    place.value = chosen
    form.address = chosen.name
    places.value = []
    const at: Lonlat = [chosen.position.lon, chosen.position.lat]
    room.draft = at
    room.look = { at, zoom: 16 }
  }

  const lacking = computed(() => ({
    type: choice.value === null || choice.value.label !== form.type,
    place: !form.address.trim() && !room.draft,
    summary: !form.summary.trim(),
  }))
  const complete = computed(() => !Object.values(lacking.value).some(Boolean))

  const { busy, problem: refused, run } = useAction(async (key: string, dispatch: boolean, ours: boolean) => {
    const { category, type, subtype } = choice.value!
    const body: Schemas['IncidentIn'] = {
      category, type, subtype, level: form.level, summary: form.summary.trim(), address: form.address.trim() || null,
      position: room.draft ? { lon: room.draft[0], lat: room.draft[1], crs: 'wgs84' } : null,
      station_id: ours ? (me.value?.station?.id ?? null) : null, place_id: place.value?.id ?? null, scenario_key: form.scenario || null, confidential_caller: form.confidential, drill: form.drill, replay: false, dispatch,
      caller: form.callerName.trim() || form.callerPhone.trim() ? { name: form.callerName.trim() || null, phone: form.callerPhone.trim() || null } : null,
    }
    const made = await ok(api.POST('/api/v1/incidents', { body, headers: once(key) }))
    // whoever has taken it down need not be woken by it
    see(made.incident.id)
    room.draft = null
    room.openIncident(made.incident.id)
    return made
  })

  /** `ours`: taken by this station although the place is another one's. */
  async function enter(dispatch: boolean, ours = false): Promise<void> {
    tried.value = true
    if (complete.value) await run(dispatch, ours)
  }

  return {
    form, choice, place, places, scenarios, busy, tried, lacking, enter, chooseType, choosePlace,
    isElsewhere: computed(() => refused.value instanceof Refusal && refused.value.slug === 'belongs-to-other-station'),
    problem: computed(() => refused.value ?? problem.value),
    types: computed(() => findChoices(catalogue.value, choice.value?.label === form.type ? '' : form.type)),
    duplicates: computed(() => alike(incidents.value, { at: room.draft, category: choice.value?.category ?? '', type: choice.value?.type ?? '' }, serverNow())),
  }
}
