import type { LivePosition, LiveResponder } from '@pingan/live'
import { describe, expect, it } from 'vitest'
import { type Box, ageLabel, areAlike, contains, gatherZoom, inRing, responderFeatures, ringFeatures, stateOf, widen } from './features'

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

const EVERYBODY = { box: null, names: true }

describe('the mark of a responder', () => {
  it('is grey when his place is older than half a minute', () => {
    expect(stateOf(responder(), 29_000)).toBe('free')
    expect(stateOf(responder(), 31_000)).toBe('stale')
    expect(stateOf(responder(), null)).toBe('stale')
  })

  it('says that he is engaged, and before all that his place is not believed', () => {
    expect(stateOf(responder({ engaged: true }), 1_000)).toBe('engaged')
    expect(stateOf(responder({ engaged: true, position_suspect: true }), 1_000)).toBe('suspect')
  })

  it('of a safe-house never grows old', () => {
    expect(stateOf(responder({ kind: 'safe_house' }), null)).toBe('free')
  })

  it('carries the age of an old place, and none of a fresh one', () => {
    expect(ageLabel(29_000)).toBe('')
    expect(ageLabel(45_000)).toBe('45″')
    expect(ageLabel(200_000)).toBe('3′')
    expect(ageLabel(9_000_000)).toBe('2h')
  })

  it('is not drawn off duty, even where a last place is known', () => {
    const positions = new Map([['r', position(5)]])
    expect(responderFeatures([responder({ on_duty: false })], positions, EVERYBODY, NOW).features).toEqual([])
    expect(responderFeatures([responder()], positions, EVERYBODY, NOW).features).toHaveLength(1)
  })
})

describe('a crowd', () => {
  const here: Box = [121.3, 30.9, 121.5, 31.1]

  it('is drawn only where one looks, and a little beyond', () => {
    const positions = new Map([['r', position(5)]])
    const draw = (box: Box) => responderFeatures([responder()], positions, { box, names: true }, NOW).features.length
    expect(draw(here)).toBe(1)
    expect(draw([121.41, 30.9, 121.5, 31.1])).toBe(0)
    expect(draw(widen([121.41, 30.9, 121.5, 31.1], 0.5))).toBe(1)
    expect(contains(widen(here, 0.5), here)).toBe(true)
    expect(contains(here, widen(here, 0.5))).toBe(false)
  })

  it('is not drawn again when nothing of it has changed', () => {
    const draw = (age_s: number, values: Partial<LiveResponder> = {}) => responderFeatures([responder(values)], new Map([['r', position(age_s)]]), EVERYBODY, NOW)
    expect(areAlike(draw(1), draw(4))).toBe(true)
    expect(areAlike(draw(1), draw(31))).toBe(false)
    expect(areAlike(draw(1), draw(1, { engaged: true }))).toBe(false)
  })

  it('is gathered the farther in the more there are', () => {
    expect([50, 1_000, 5_000].map(gatherZoom)).toEqual([12, 14, 15])
  })

  it('shows who is picked and who is looked at', () => {
    const rings = ringFeatures(new Map([['r', responder()]]), new Map([['r', position(5)]]), 'r', new Set(['r', 'gone']))
    expect(rings.features.map((ring) => ring.properties)).toEqual([{ picked: true }])
  })
})

it('a ring picks who is inside, also a ring that is bent', () => {
  const ring: [number, number][] = [[0, 0], [10, 0], [10, 10], [5, 5], [0, 10]]
  expect(inRing([2, 2], ring)).toBe(true)
  expect(inRing([5, 8], ring)).toBe(false)
  expect(inRing([12, 2], ring)).toBe(false)
})
