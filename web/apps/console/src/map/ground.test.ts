import { expect, it } from 'vitest'
import { circle, metres } from './ground'

const HERE = [121.46, 31.04] as const

it('measures as the earth is', () => {
  expect(metres(HERE, [121.46, 31.05])).toBeCloseTo(1_111, 0)
})

it('draws a circle as far away on every side as it says', () => {
  for (const corner of circle(HERE, 300, 12)) expect(metres(HERE, corner)).toBeCloseTo(300, 0)
})
