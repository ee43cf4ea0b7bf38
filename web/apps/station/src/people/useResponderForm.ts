/** One of those whom one sends, while he is edited: only what differs is sent. */
import { type Schemas, ifMatch, ok, once } from '@pingan/api'
import { useAction, useApi } from '@pingan/ui'
import { computed, reactive } from 'vue'
import type { Place } from '../places/PlacePicker.vue'
import { type Lines, fromLines, toLines } from './hours'

type Responder = Schemas['ResponderOut']
type Change = Schemas['ResponderChange']

export function useResponderForm(was: Responder) {
  const api = useApi()
  const form = reactive({
    name: was.name,
    callSign: was.call_sign ?? '',
    organization: was.organization_id,
    post: was.post_id ?? '',
    skills: [...was.skills],
    capabilities: [...was.capabilities],
    address: was.address ?? '',
    place: (was.position ? { lon: was.position.lon, lat: was.position.lat } : null) as Place | null,
    lines: toLines(was.opening_hours) as Lines,
    mobility: was.mobility,
    crew: was.crew,
    auxiliary: was.auxiliary,
  })
  const moves = computed(() => form.organization !== was.organization_id)
  const hours = computed(() => fromLines(form.lines))

  function change(): Change {
    const body: Change = {}
    if (form.name.trim() !== was.name) body.name = form.name.trim()
    if (form.callSign.trim() !== (was.call_sign ?? '')) body.call_sign = form.callSign.trim() || null
    if (moves.value) body.organization_id = form.organization
    const post = moves.value ? '' : form.post
    if (post !== (was.post_id ?? '')) body.post_id = post || null
    if (form.skills.join() !== was.skills.join()) body.skills = form.skills
    if (form.capabilities.join() !== was.capabilities.join()) body.capabilities = form.capabilities
    if (was.kind === 'safe_house') {
      if (form.address.trim() !== (was.address ?? '')) body.address = form.address.trim() || null
      if (form.place && (form.place.lon !== was.position?.lon || form.place.lat !== was.position.lat)) body.position = { ...form.place, crs: 'wgs84' }
      if (hours.value && JSON.stringify(hours.value) !== JSON.stringify(fromLines(toLines(was.opening_hours)))) body.opening_hours = hours.value
    }
    if (was.kind === 'patrol_unit') {
      if (form.mobility !== was.mobility) body.mobility = form.mobility
      if (form.crew !== was.crew) body.crew = form.crew
      if (form.auxiliary !== was.auxiliary) body.auxiliary = form.auxiliary
    }
    return body
  }

  const saving = useAction((key, version: number, body: Change) =>
    ok(api.PATCH('/api/v1/responders/{responder_id}', { params: { path: { responder_id: was.id } }, headers: { ...once(key), ...ifMatch(version) }, body })),
  )
  return { form, moves, hours, change, saving }
}
