import { describe, expect, it } from 'vitest'
import { begin, isComplete, toBody, toggleTag } from './rating'

describe('a rating', () => {
  it('needs one tap where all went well: the stars', () => {
    const draft = begin('o1')
    expect(isComplete(draft)).toBe(false)
    expect(isComplete({ ...draft, score: 5 })).toBe(true)
    expect(toBody({ ...draft, score: 5 })).toEqual({
      order_id: 'o1', outcome: 'seen', arrived: true, helped: true, followed_instruction: true, safe: true, score: 5, tags: [], text: '',
    })
  })

  it('judges nothing of whoever was not seen', () => {
    expect(toBody({ ...begin('o1'), outcome: 'not_seen', score: 3 })).toEqual({ order_id: 'o1', outcome: 'not_seen', tags: [], text: '' })
    expect(isComplete({ ...begin('o1'), outcome: 'not_needed' })).toBe(true)
  })

  it('has at most six tags', () => {
    const six = ['a', 'b', 'c', 'd', 'e', 'f']
    expect(toggleTag(six, 'g')).toEqual(six)
    expect(toggleTag(six, 'a')).toHaveLength(5)
  })
})
