import { makeI18n } from '@pingan/ui'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { createApp, h } from 'vue'
import HoldButton from './HoldButton.vue'

function make(): { button: HTMLButtonElement; done: ReturnType<typeof vi.fn>; touch(type: string, at_ms: number): void } {
  const done = vi.fn()
  const place = document.createElement('div')
  const app = createApp({ render: () => h(HoldButton, { label: '求助', holding: '继续按住', question: '', text: '', onDone: done }) })
  app.use(makeI18n({ 'zh-CN': {}, en: {} }))
  app.mount(place)
  const button = place.querySelector('button')!
  button.setPointerCapture = () => undefined
  return {
    button, done,
    touch(type, at_ms) {
      const event = new MouseEvent(type)
      Object.defineProperty(event, 'timeStamp', { value: at_ms })
      button.dispatchEvent(event)
    },
  }
}

describe('a button that is held', () => {
  beforeEach(() => vi.useFakeTimers())
  afterEach(() => vi.useRealTimers())

  it('goes off after two seconds, once', () => {
    const { done, touch } = make()
    touch('pointerdown', 100)
    vi.advanceTimersByTime(1_999)
    expect(done).not.toHaveBeenCalled()
    vi.advanceTimersByTime(1)
    touch('pointerup', 2_400)
    expect(done).toHaveBeenCalledTimes(1)
  })

  it('goes off when it was held long enough and the phone was too busy to notice', () => {
    const { done, touch } = make()
    touch('pointerdown', 100)
    touch('pointerup', 2_100)
    vi.advanceTimersByTime(5_000)
    expect(done).toHaveBeenCalledTimes(1)
  })

  it('does not go off when it is let go before, or taken by a scroll', () => {
    const { done, touch } = make()
    touch('pointerdown', 100)
    touch('pointerup', 2_099)
    touch('pointerdown', 3_000)
    touch('pointercancel', 9_000)
    vi.advanceTimersByTime(10_000)
    expect(done).not.toHaveBeenCalled()
  })
})
