import { expect, test } from 'vitest'
import { dayOf, periodBetween, periodOf, weekOf } from './period'

// Friday 27 November 2026, half past midnight in China, still Thursday in Greenwich
const NOW = Date.parse('2026-11-26T16:30:00Z')

test('a week is from Monday to Monday by the clock of China', () => {
  expect(periodOf('thisWeek', NOW)).toEqual({ from: '2026-11-22T16:00:00.000Z', to: '2026-11-29T16:00:00.000Z' })
  expect(periodOf('lastWeek', NOW)).toEqual({ from: '2026-11-15T16:00:00.000Z', to: '2026-11-22T16:00:00.000Z' })
})

test('a month begins on its first day, also across the year', () => {
  expect(periodOf('thisMonth', NOW)).toEqual({ from: '2026-10-31T16:00:00.000Z', to: '2026-11-30T16:00:00.000Z' })
  expect(periodOf('lastMonth', Date.parse('2027-01-10T00:00:00Z')).from).toBe('2026-11-30T16:00:00.000Z')
})

test('thirty days end with today', () => {
  const period = periodOf('days30', NOW)
  expect(dayOf(period.to, 1)).toBe('2026-11-27')
  expect((Date.parse(period.to) - Date.parse(period.from)) / 86_400_000).toBe(30)
})

test('two dates make a period with both days in it, the wrong way round none', () => {
  expect(periodBetween('2026-11-23', '2026-11-23')).toEqual({ from: '2026-11-22T16:00:00.000Z', to: '2026-11-23T16:00:00.000Z' })
  expect(periodBetween('2026-11-24', '2026-11-23')).toBeNull()
  expect(periodBetween('', '2026-11-23')).toBeNull()
})

test('a week of the year is said by its days, also over the turn of the year', () => {
  expect(weekOf('2026-W48', 'en')).toBe('Nov 23 – Nov 29')
  expect(weekOf('2026-W53', 'en')).toBe('Dec 28 – Jan 3')
  expect(weekOf('2027-W01', 'en')).toBe('Jan 4 – Jan 10')
  expect(weekOf('4d1c', 'en')).toBe('4d1c')
})
