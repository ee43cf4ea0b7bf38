import { beforeEach, expect, it } from 'vitest'
import { forgetServerTime, noteServerTime, serverNow } from './clock'

beforeEach(forgetServerTime)

it('takes the server for right, whatever the phone believes', () => {
  noteServerTime('2026-11-24T08:00:00.000Z', Date.parse('2026-11-24T07:55:00.000Z'))
  expect(serverNow(Date.parse('2026-11-24T07:55:01.000Z'))).toBe(Date.parse('2026-11-24T08:00:01.000Z'))
})

it('trusts the fastest of several answers', () => {
  noteServerTime('2026-11-24T08:00:00.000Z', Date.parse('2026-11-24T08:00:02.000Z'))
  noteServerTime('2026-11-24T08:00:10.000Z', Date.parse('2026-11-24T08:00:10.050Z'))
  expect(serverNow(0)).toBe(-50)
})

it('begins anew when the local clock was set', () => {
  noteServerTime('2026-11-24T08:00:00.000Z', Date.parse('2026-11-24T08:00:00.000Z'))
  noteServerTime('2026-11-24T08:00:05.000Z', Date.parse('2026-11-24T09:00:05.000Z'))
  expect(serverNow(3_600_000)).toBe(0)
})
