/** Logging out, and off duty before it. */
import { explain, ok, once, uuid, Refusal } from '@pingan/api'
import type { Account } from '@pingan/ui'
import type { Outbox } from '../outbox/useOutbox'

/** Empty when it is done; else what stands in the way. */
export async function leave(account: Account, outbox: Outbox, onDuty: boolean): Promise<string> {
  if (onDuty) {
    try {
      await ok(account.api.DELETE('/api/v1/me/duty', { headers: once(uuid()) } as never))
    } catch (error) {
      const isOver = error instanceof Refusal && error.slug === 'not-on-duty'
      // who leaves with an order in hand would be waited for
      if (!isOver) {
        const { lang } = document.documentElement
        const { title, hint } = explain(error, lang)
        return [title, hint].filter(Boolean).join(lang === 'en' ? '. ' : '。')
      }
    }
  }
  await outbox.end()
  await account.logOut()
  return ''
}
