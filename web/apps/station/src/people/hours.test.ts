import { describe, expect, it } from 'vitest'
import { ALL_DAY, fromLines, readLine, toLines } from './hours'

describe('opening hours', () => {
  it('come back as they were written', () => {
    const hours = { mon: [['08:00', '12:00'], ['13:00', '02:00']], sun: [['00:00', '24:00']] }
    expect(toLines(hours)).toMatchObject({ mon: '08:00-12:00 13:00-02:00', tue: '', sun: ALL_DAY })
    expect(fromLines(toLines(hours))).toEqual(hours)
  })

  it('are read as people type them', () => {
    expect(readLine(' 08：00–12:00，13:00至22:00 ')).toEqual([['08:00', '12:00'], ['13:00', '22:00']])
    expect(readLine('')).toEqual([])
  })

  it('are not read when no clock shows them', () => {
    for (const line of ['8:00-12:00', '08:00', '24:00-08:00', '08:00-08:00', '25:00-26:00', '08:00-12:60']) expect(readLine(line)).toBeNull()
    expect(fromLines({ ...toLines({}), wed: 'x' })).toBeNull()
  })
})
