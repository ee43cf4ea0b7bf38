/** Responders and accounts of those whom one manages, whole: every page of both lists. */
import { type Schemas, ok } from '@pingan/api'
import { useAccount, useApi, useLoad } from '@pingan/ui'

export interface Person {
  responder: Schemas['ResponderOut'] | null
  account: Schemas['AccountOut'] | null
}

const LIMIT = 200

async function whole<T>(page: (cursor: string | undefined) => Promise<{ items: T[]; next_cursor: string | null }>): Promise<T[]> {
  const all: T[] = []
  let cursor: string | undefined
  do {
    const answer = await page(cursor)
    all.push(...answer.items)
    cursor = answer.next_cursor ?? undefined
  } while (cursor)
  return all
}

/** A responder with the account that answers for it; accounts without one stand alone. Pure. */
export function pair(responders: readonly Schemas['ResponderOut'][], accounts: readonly Schemas['AccountOut'][]): Person[] {
  const byId = new Map(accounts.map((account) => [account.id, account]))
  const people: Person[] = responders.map((responder) => ({ responder, account: byId.get(responder.account_id ?? '') ?? null }))
  const paired = new Set(responders.map((responder) => responder.account_id))
  return [...people, ...accounts.filter((account) => !paired.has(account.id)).map((account) => ({ responder: null, account }))]
}

export function usePeople() {
  const api = useApi()
  const may = useAccount().may
  return useLoad(async () => {
    const responders = (active: boolean) => whole((cursor) => ok(api.GET('/api/v1/responders', { params: { query: { limit: LIMIT, active, ...(cursor ? { cursor } : {}) } } })))
    const [inUse, retired, accounts] = await Promise.all([
      may('responder.read') ? responders(true) : [],
      may('responder.write') ? responders(false) : [],
      may('account.read') ? whole((cursor) => ok(api.GET('/api/v1/accounts', { params: { query: { limit: LIMIT, ...(cursor ? { cursor } : {}) } } }))) : [],
    ])
    return pair([...inUse, ...retired], accounts)
  })
}

/** Whether he is in use: whom one sends by his own entry, others by their account. */
export function isActive({ responder, account }: Person): boolean {
  return responder?.active ?? account?.active ?? false
}
