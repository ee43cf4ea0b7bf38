import { describe, expect, it } from 'vitest'
import { fit } from './shrink'

describe('a picture', () => {
  it('keeps its shape within the longest side', () => {
    expect(fit(4_000, 3_000)).toEqual({ width: 1_600, height: 1_200 })
    expect(fit(3_000, 4_000)).toEqual({ width: 1_200, height: 1_600 })
  })

  it('is never made larger', () => {
    expect(fit(640, 480)).toEqual({ width: 640, height: 480 })
  })

  it('never vanishes', () => {
    expect(fit(20_000, 3)).toEqual({ width: 1_600, height: 1 })
  })
})
