import { describe, expect, it } from 'vitest'
import type { Incident } from '../incidents/useIncidents'
import { type Choice, choicesOf, findChoices, scenarioFor } from './catalogue'
import { alike } from './duplicates'

const NOW = Date.parse('2026-11-24T08:10:00Z')

function incident(values: Partial<Incident>): Incident {
  return { id: 'i', category: 'help', type: 'lost_person', received_at: '2026-11-24T08:05:00Z', position: { lon: 121.46, lat: 31.04, crs: 'wgs84' }, ...values } as Incident
}

describe('a call that may be the same', () => {
  const call = { at: [121.461, 31.04] as const, category: 'help', type: 'lost_person' }

  it('is near and recent, the same type first', () => {
    const found = alike([incident({ id: 'other', type: 'injured' }), incident({ id: 'same' })], call, NOW)
    expect(found.map((each) => each.incident.id)).toEqual(['same', 'other'])
    expect(found[0]!.distance_m).toBeCloseTo(95.4, 0)
  })

  it('is none when it is far, old, or of another kind', () => {
    const others = [incident({ position: { lon: 121.47, lat: 31.04, crs: 'wgs84' } }), incident({ received_at: '2026-11-24T07:00:00Z' }), incident({ category: 'crime' })]
    expect(alike(others, call, NOW)).toEqual([])
  })

  it('is not looked for before there is a place', () => {
    expect(alike([incident({})], { ...call, at: null }, NOW)).toEqual([])
  })
})

describe('a type', () => {
  const choice = (label: string, subtype: string | null = null): Choice => ({ category: 'c', type: label, subtype, label, words: label, level: 3, violent: false })

  it('is found by any of its words, whole types first', () => {
    const choices = [choice('求助走失老人', 'old'), choice('求助走失'), choice('纠纷邻里')]
    expect(findChoices(choices, '走失 求助').map((each) => each.label)).toEqual(['求助走失', '求助走失老人'])
  })

  it('is said in the language of the screen and found in Chinese as well', () => {
    const theft = { code: 'theft', name: '盗窃', number: '101', level: 3, violent: false, subtypes: { bike: '盗窃电动车' } }
    const crime = { code: 'criminal', name: '刑事警情', number: '1', types: [theft] } as never
    const choices = choicesOf([crime], (list, code) => `${list}:${code}`)
    expect(choices.map((each) => each.label)).toEqual([
      'categories:criminal · types:criminal.theft', 'categories:criminal · types:criminal.theft · subtypes:criminal.theft.bike',
    ])
    expect(findChoices(choices, '电动车').map((each) => each.subtype)).toEqual(['bike'])
    expect(findChoices(choices, 'types:criminal.theft').map((each) => each.subtype)).toEqual([null, 'bike'])
  })
})

describe('the scenario', () => {
  const scenario = (key: string, match: object) => ({ key, current: true, spec: { match } }) as never

  it('is that of the type, else of the category, else the general one', () => {
    const all = [scenario('general', {}), scenario('help', { categories: ['help'] }), scenario('lost', { types: ['help.lost_person'] })]
    expect(scenarioFor(all, 'help', 'lost_person')?.key).toBe('lost')
    expect(scenarioFor(all, 'help', 'injured')?.key).toBe('help')
    expect(scenarioFor(all, 'crime', 'theft')?.key).toBe('general')
  })
})
