import type { Schemas } from '@pingan/api'
import type { LivePosition, LiveResponder } from '@pingan/live'
import { describe, expect, it } from 'vitest'
import { listLent, peopleFeatures } from './lending'

const NOW = Date.parse('2026-11-27T08:00:00Z')
const responder = (id: string) => ({ id, kind: 'guard', name: id, on_duty: true, position: null }) as unknown as LiveResponder
const fix = (id: string, ago_s = 10) => [id, { responder_id: id, position: { lon: 121, lat: 31, crs: 'wgs84' }, captured_at: new Date(NOW - ago_s * 1000).toISOString() } as LivePosition] as const
const order = (id: string, incident: string, state = 'en_route') => ({ incident_id: incident, state, responder: { id, name: id } }) as unknown as Schemas['OrderOut']
const aid = (incident: string, from: string, to: string) => ({ incident_id: incident, requesting_station: { id: from, name: from }, helping_station: { id: to, name: to } }) as unknown as Schemas['AidOut']

describe('who is lent', () => {
  const responders = new Map([['ours', responder('ours')], ['home', responder('home')]])
  const positions = new Map([fix('ours'), fix('home', 600), fix('theirs')])
  const aids = [aid('at-theirs', 'ZZ', 'WJ'), aid('at-ours', 'WJ', 'ZZ')]

  it('is told with the other station, from acceptance to finish', () => {
    const orders = [order('ours', 'at-theirs'), order('theirs', 'at-ours'), order('home', 'own-incident'), order('late', 'at-ours', 'completed')]
    expect(listLent(responders, orders, aids, positions, 'WJ').map(({ id, how, station }) => [id, how, station])).toEqual([
      ['theirs', 'in', 'ZZ'],
      ['ours', 'out', 'ZZ'],
    ])
  })

  it('stands on the map once, and an old place says so', () => {
    const lent = listLent(responders, [order('ours', 'at-theirs')], aids, positions, 'WJ')
    expect(peopleFeatures(responders, positions, lent, NOW).features.map(({ properties }) => [properties?.how, properties?.stale])).toEqual([
      ['own', true],
      ['out', false],
    ])
  })
})
