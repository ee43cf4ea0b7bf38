import { expect, it } from 'vitest'
import { mend } from './older'

it('an older browser gets what MapLibre asks for, a newer one keeps its own', () => {
  const objects = {} as { hasOwn(thing: object, key: string): boolean }
  const list = { 0: 'a', 1: 'b', length: 2 } as unknown as string[]
  mend(objects, [list])
  expect([list.at(-1), list.at(0), list.at(5)]).toEqual(['b', 'a', undefined])
  expect(objects.hasOwn({ a: 1 }, 'a')).toBe(true)
  expect(objects.hasOwn({}, 'toString')).toBe(false)
  const own = { hasOwn: () => 'mine' }
  mend(own, [])
  expect(own.hasOwn()).toBe('mine')
})
