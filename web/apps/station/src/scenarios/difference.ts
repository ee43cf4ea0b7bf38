/** What a draft changes of the version in force, field by field. Pure. */
import type { Schemas } from '@pingan/api'

export type Spec = Schemas['ScenarioSpec']
export type Need = Schemas['NeedSpec']

/** Every field that a need has beside what it is. */
export const NEED_FIELDS = ['needed', 'skills', 'radius_m', 'receipt_s', 'accept_s', 'alert_factor', 'target_chance', 'within_s', 'instruction', 'allowed_verbs'] as const
export const SPEC_FIELDS = ['instruction', 'allowed_verbs', 'photo_required', 'photo_from', 'stand_off_m', 'barred_kinds', 'barred_level', 'danger_skills', 'rest_s', 'alerts_per_hour', 'swap'] as const
export type Field = (typeof NEED_FIELDS)[number] | (typeof SPEC_FIELDS)[number] | 'name' | 'match' | 'need' | 'checklist'

export interface Change {
  field: Field
  /** Of a need: its kind, and which one of that kind. */
  kind?: Need['kind']
  from: unknown
  to: unknown
}

export function differences(before: { name: string; spec: Spec }, after: { name: string; spec: Spec }): Change[] {
  const changes: Change[] = []
  add(changes, { field: 'name', from: before.name, to: after.name })
  const [olds, news] = [number(before.spec.need), number(after.spec.need)]
  for (const [key, was] of olds) {
    const now = news.get(key)
    if (!now) changes.push({ field: 'need', kind: was.kind, from: was.needed, to: null })
    else for (const field of NEED_FIELDS) add(changes, { field, kind: was.kind, from: was[field], to: now[field] })
  }
  for (const [key, now] of news) if (!olds.has(key)) changes.push({ field: 'need', kind: now.kind, from: null, to: now.needed })
  for (const field of SPEC_FIELDS) add(changes, { field, from: before.spec[field], to: after.spec[field] })
  add(changes, { field: 'match', from: [...(before.spec.match.categories ?? []), ...(before.spec.match.types ?? [])], to: [...(after.spec.match.categories ?? []), ...(after.spec.match.types ?? [])] })
  const lines = (spec: Spec) => (spec.checklist ?? []).map((item) => [item.text, item.required ? '*' : '', ...(item.kinds ?? [])].join(' ').trim())
  add(changes, { field: 'checklist', from: lines(before.spec), to: lines(after.spec) })
  return changes
}

/** Each need by its kind and its turn among those of that kind. */
function number(needs: readonly Need[]): Map<string, Need> {
  const turns = new Map<string, number>()
  return new Map(needs.map((need) => {
    const turn = turns.get(need.kind) ?? 0
    turns.set(need.kind, turn + 1)
    return [`${need.kind}/${turn}`, need]
  }))
}

function add(changes: Change[], change: Change): void {
  if (plain(change.from) !== plain(change.to)) changes.push(change)
}

/** Lists whose order means nothing are compared as sets; nothing is nothing, however it is written. */
function plain(value: unknown): string {
  if (Array.isArray(value)) return JSON.stringify([...value].sort())
  return JSON.stringify(value === '' || value === undefined ? null : value)
}
