import type { LivePosition, LiveResponder } from '@pingan/live'
import { describe, expect, it } from 'vitest'
import { ageLabel, inRing, responderFeatures, stateOf } from './features'

const NOW = Date.parse('2026-11-24T08:10:00Z')

function responder(values: Partial<LiveResponder> = {}): LiveResponder {
  return {
    id: 'r', kind: 'guard', name: '甲', call_sign: null, organization: { id: 'o', name: '公司' }, post: null, skills: [], capabilities: [],
    mobility: null, position: null, address: null, on_duty: true, engaged: false, position_suspect: false, demo: true, version: 1, ...values,
  }
}

function position(age_s: number): LivePosition {
  const captured_at = new Date(NOW - age_s * 1000).toISOString()
  return { responder_id: 'r', position: { lon: 121.4, lat: 31, crs: 'wgs84' }, captured_at, accuracy_m: 8, speed_mps: null, heading_deg: null, battery_pct: null }
}

const NOBODY = { selected: null, picked: new Set<string>() }

describe('the mark of a responder', () => {
  it('is grey when his place is older than half a minute', () => {
    expect(stateOf(responder(), position(29), NOW)).toBe('free')
    expect(stateOf(responder(), position(31), NOW)).toBe('stale')
    expect(stateOf(responder(), undefined, NOW)).toBe('stale')
  })

  it('says that he is engaged, and before all that his place is not believed', () => {
    expect(stateOf(responder({ engaged: true }), position(1), NOW)).toBe('engaged')
    expect(stateOf(responder({ engaged: true, position_suspect: true }), position(1), NOW)).toBe('suspect')
  })

  it('of a safe-house never grows old', () => {
    expect(stateOf(responder({ kind: 'safe_house' }), undefined, NOW)).toBe('free')
  })

  it('carries the age of an old place, and none of a fresh one', () => {
    expect(ageLabel(29_000)).toBe('')
    expect(ageLabel(45_000)).toBe('45″')
    expect(ageLabel(200_000)).toBe('3′')
    expect(ageLabel(9_000_000)).toBe('2h')
  })

  it('is not drawn off duty, even where a last place is known', () => {
    const positions = new Map([['r', position(5)]])
    expect(responderFeatures([responder({ on_duty: false })], positions, NOBODY, NOW).features).toEqual([])
    expect(responderFeatures([responder()], positions, NOBODY, NOW).features).toHaveLength(1)
  })
})

it('a ring picks who is inside, also a ring that is bent', () => {
  const ring: [number, number][] = [[0, 0], [10, 0], [10, 10], [5, 5], [0, 10]]
  expect(inRing([2, 2], ring)).toBe(true)
  expect(inRing([5, 8], ring)).toBe(false)
  expect(inRing([12, 2], ring)).toBe(false)
})
