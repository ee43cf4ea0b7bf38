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

  watch(current.data, reset)
  watch(key, () => void current.load(), { immediate: true })
  return { name, spec, current, changes, trying, saving, fault, reset }
}
