import type { Api } from '@pingan/api'
import type { Live } from '@pingan/live'
import type { Account } from '@pingan/ui'
import { describe, expect, it } from 'vitest'
import { ref, shallowReactive } from 'vue'
import type { Store } from '../outbox/store'
import { type Screen, createScreen } from './useScreen'

const STARTED = { id: 'd', responder_id: 'r', started_at: '2026-11-27T08:00:00Z', planned_end: '2026-11-27T16:00:00Z', ended_at: null, ended_how: null }
const ENDED = { ...STARTED, ended_at: '2026-11-27T12:00:00Z', ended_how: 'self' as const }
const ON = { responder_id: 'r', on_duty: true, engaged: false, duty: STARTED }
const OFF = { responder_id: 'r', on_duty: false, engaged: false, duty: null }

/** Somebody is logged in; each question about his duty waits until the test answers it. */
function begin(): { screen: Screen; answers: ((duty: object) => void)[] } {
  const answers: ((duty: object) => void)[] = []
  const api = {
    GET: () => new Promise((resolve) => answers.push((data) => resolve({ data, response: new Response() }))),
  } as unknown as Api
  const account = { me: ref({ account_id: 'a' }), problem: ref(null), state: ref('in'), may: () => true } as unknown as Account
  const live = { known: ref(false), asOf: ref(null), account: { order: shallowReactive(new Map()) } } as unknown as Live
  const store = { keep: async () => undefined, read: async () => null } as unknown as Store
  return { screen: createScreen(account, api, live, store), answers }
}

describe('duty on the screen', () => {
  it('is what was asked for last, in whatever order the answers come', async () => {
    const { screen, answers } = begin()
    const asked = [screen.loadDuty(), screen.loadDuty()]
    answers[1]!(OFF)
    await asked[1]
    answers[0]!(ON)
    await asked[0]
    expect(screen.duty.value).toEqual(OFF)
  })

  it('is over as soon as the server has carried out 下岗, also when an older answer comes after it', async () => {
    const { screen, answers } = begin()
    const first = screen.loadDuty()
    answers[0]!(ON)
    await first
    const late = screen.loadDuty()
    screen.hearDuty(ENDED)
    expect(screen.duty.value?.duty).toBeNull()
    answers[1]!(ON)
    await late
    expect(screen.duty.value?.duty).toBeNull()
  })

  it('is nobody’s after the login has ended, also when an answer comes after that', async () => {
    const { screen, answers } = begin()
    const late = screen.loadDuty()
    screen.end()
    answers[0]!(ON)
    await late
    expect([screen.duty.value, screen.duty_at.value]).toEqual([null, null])
  })

  it('has begun as soon as the server has carried out 上岗', () => {
    const { screen } = begin()
    screen.hearDuty(STARTED)
    expect(screen.duty.value).toMatchObject({ on_duty: true, duty: { started_at: STARTED.started_at } })
  })
})
