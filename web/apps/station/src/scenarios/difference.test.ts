import { describe, expect, it } from 'vitest'
import { type Spec, differences } from './difference'

const SPEC: Spec = {
  need: [
    { kind: 'patrol_unit', mode: 'command', needed: 1, radius_m: 5000, receipt_s: 10, accept_s: 30, alert_factor: 1, target_chance: 0.9 },
    { kind: 'guard', mode: 'offer', needed: 2, skills: ['first_aid'], radius_m: 800, receipt_s: 15, accept_s: 40, alert_factor: 2, target_chance: 0.9 },
  ],
  instruction: '请在岗位周边查看。',
  allowed_verbs: ['guide', 'observe'],
  checklist: [],
  photo_required: false,
  stand_off_m: 0,
  barred_level: 1,
  swap: 'propose',
  match: { types: ['help.lost_person'] },
}
const clone = (): Spec => JSON.parse(JSON.stringify(SPEC)) as Spec
const changed = (change: (spec: Spec) => void) => {
  const spec = clone()
  change(spec)
  return differences({ name: '走失', spec: SPEC }, { name: '走失', spec })
}

describe('the difference of two versions', () => {
  it('is nothing when only the order of a list or the way of writing nothing differs', () => {
    expect(changed((spec) => {
      spec.allowed_verbs.reverse()
      spec.need[0]!.within_s = null
    })).toEqual([])
  })

  it('names the need in which something changed', () => {
    expect(changed((spec) => (spec.need[1]!.radius_m = 1200))).toEqual([{ field: 'radius_m', kind: 'guard', from: 800, to: 1200 }])
  })

  it('tells needs that came and went', () => {
    expect(changed((spec) => (spec.need[1]!.kind = 'safe_house')).map(({ kind, from, to }) => [kind, from, to])).toEqual([
      ['guard', 2, null],
      ['safe_house', null, 2],
    ])
  })
})
