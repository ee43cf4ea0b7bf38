import { afterEach, describe, expect, it, vi } from 'vitest'
import { batch } from './batch'

afterEach(() => {
  vi.unstubAllGlobals()
  vi.useRealTimers()
})

describe('what comes in a burst', () => {
  it('is handed on together when the screen is drawn', () => {
    const frames: (() => void)[] = []
    vi.stubGlobal('requestAnimationFrame', (draw: () => void) => frames.push(draw))
    vi.stubGlobal('document', { visibilityState: 'visible' })
    const seen: number[][] = []
    const changes = batch<number>((items) => seen.push(items))
    changes.add([1, 2])
    changes.add([3])
    expect(seen).toEqual([])
    for (const draw of frames) draw()
    expect(seen).toEqual([[1, 2, 3]])
  })

  it('waits no longer than a tenth of a second for a screen that is not drawn', () => {
    vi.useFakeTimers()
    vi.stubGlobal('requestAnimationFrame', () => 0)
    vi.stubGlobal('document', { visibilityState: 'visible' })
    const seen: number[][] = []
    batch<number>((items) => seen.push(items)).add([1])
    vi.advanceTimersByTime(100)
    expect(seen).toEqual([[1]])
  })

  it('is handed on at once where nobody looks', () => {
    vi.stubGlobal('document', { visibilityState: 'hidden' })
    const seen: number[][] = []
    batch<number>((items) => seen.push(items)).add([1])
    expect(seen).toEqual([[1]])
  })
})
