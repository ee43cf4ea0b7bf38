import { expect, it } from 'vitest'
import { clock, distance, span } from './format'

it('says minutes up to two hours, as a dispatcher does', () => {
  expect(span(59_000)).toEqual({ unit: 's', n: 59 })
  expect(span(60_000)).toEqual({ unit: 'min', n: 1 })
  expect(span(7_199_000)).toEqual({ unit: 'min', n: 119 })
  expect(span(7_200_000)).toEqual({ unit: 'h', n: 2 })
  expect(span(172_800_000)).toEqual({ unit: 'd', n: 2 })
})

it('counts down to the whole second that is not yet over', () => {
  expect(clock(4_001)).toBe('00:05')
  expect(clock(3_723_000)).toBe('1:02:03')
  expect(clock(-5)).toBe('00:00')
})

it('says metres, then kilometres', () => {
  expect(distance(319.6)).toBe('320 m')
  expect(distance(1_430)).toBe('1.4 km')
  expect(distance(null)).toBe('–')
})
