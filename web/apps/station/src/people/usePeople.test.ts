import type { Schemas } from '@pingan/api'
import { expect, test } from 'vitest'
import { pair } from './usePeople'

const responder = (id: string, account_id: string | null) => ({ id, account_id }) as Schemas['ResponderOut']
const account = (id: string) => ({ id }) as Schemas['AccountOut']

test('everybody stands once: with the account that answers for him, and accounts without a responder alone', () => {
  const people = pair([responder('r1', 'a1'), responder('r2', null)], [account('a1'), account('a2')])
  expect(people.map(({ responder: one, account: other }) => [one?.id ?? null, other?.id ?? null])).toEqual([
    ['r1', 'a1'],
    ['r2', null],
    [null, 'a2'],
  ])
})
