/** A version in force, a draft of the next one, what differs, and what the server says of it. */
import { Refusal, type Schemas, ifMatch, ok, once } from '@pingan/api'
import { useAction, useApi, useLoad } from '@pingan/ui'
import { type Ref, computed, ref, watch } from 'vue'
import { type Spec, differences } from './difference'

export function useDraft(key: Ref<string>) {
  const api = useApi()
  const path = () => ({ key: key.value })
  const name = ref('')
  const spec = ref<Spec | null>(null)
  const current = useLoad(() => ok(api.GET('/api/v1/scenarios/{key}', { params: { path: path() } })))
  /** The station's other scenarios: what they are for this one cannot be for. */
  const list = useLoad(() => ok(api.GET('/api/v1/scenarios')))
  const others = computed(() => (list.data.value ?? []).filter((one) => one.key !== key.value))
  const changes = computed(() =>
    current.data.value && spec.value ? differences(current.data.value, { name: name.value.trim(), spec: spec.value }) : [],
  )

  const trying = useAction((_key, body: { spec: Spec }) => ok(api.POST('/api/v1/scenarios/{key}/preview', { params: { path: path() }, body })))
  const saving = useAction((id, version: number, body: Schemas['ScenarioEditIn']) =>
    ok(api.PUT('/api/v1/scenarios/{key}', { params: { path: path() }, headers: { ...once(id), ...ifMatch(version) }, body })),
  )
  const refusal = computed(() => {
    const problem = saving.problem.value ?? trying.problem.value
    return problem instanceof Refusal ? problem : null
  })

  /** What is wrong with the field at that pointer below the settings. */
  function fault(pointer: string): string {
    return refusal.value?.faults.find((one) => one.pointer === `/spec${pointer}`)?.message ?? ''
  }

  function reset(): void {
    if (!current.data.value) return
    name.value = current.data.value.name
    spec.value = JSON.parse(JSON.stringify(current.data.value.spec)) as Spec
    saving.clear()
    trying.clear()
  }

  /** What an earlier version said becomes the draft of the next. */
  function take(version: Schemas['ScenarioOut']): void {
    reset()
    name.value = version.name
    spec.value = JSON.parse(JSON.stringify(version.spec)) as Spec
  }

  watch(current.data, reset)
  watch(key, () => void Promise.all([current.load(), list.load()]), { immediate: true })
  return { name, spec, current, others, changes, trying, saving, fault, reset, take }
}
