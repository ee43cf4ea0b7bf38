/** The page in a pocket: it goes on hearing as long as the system lets it, and the system says for it that something waits. */
import type { LiveMessage } from '@pingan/live'
import { useLive } from '@pingan/live'
import { type Ref, computed, onScopeDispose, watch } from 'vue'
import { useI18n } from 'vue-i18n'
import { useNotices } from './useNotices'

const ASKS = new Set(['order.offered', 'order.commanded'])

interface Locks {
  request(name: string, work: () => Promise<void>): Promise<void>
}

/** A page that holds a lock is not put to sleep with the others; it costs nothing else. */
function holdFrom(wanted: Readonly<Ref<boolean>>): void {
  const locks = (navigator as unknown as { locks?: Locks }).locks
  let release: (() => void) | null = null
  watch(wanted, (now) => {
    release?.()
    release = null
    if (!now || !locks) return
    const held = new Promise<void>((resolve) => {
      release = resolve
    })
    void locks.request(`pingan.duty.${Math.random()}`, () => held).catch(() => undefined)
  }, { immediate: true })
  onScopeDispose(() => release?.())
}

export function useBackground(onDuty: Readonly<Ref<boolean>>): void {
  const { t } = useI18n()
  const live = useLive()
  const notices = useNotices()
  const told = new Set<string>()

  holdFrom(onDuty)

  function tell(message: LiveMessage): void {
    told.add(message.id)
    const body = t(ASKS.has(message.kind) ? 'notice.order' : 'notice.urgent')
    void notices.show({ tag: message.id, title: t('ui.product'), body })
  }

  function look(): void {
    if (document.visibilityState === 'visible') {
      // what is on the screen need not be said by the system as well
      for (const id of live.account.message.keys()) told.add(id)
      void notices.clear()
      return
    }
    for (const message of live.account.message.values()) if (message.urgent && !told.has(message.id)) tell(message)
  }

  watch(computed(() => [...live.account.message.keys()].join()), look, { immediate: true })
  document.addEventListener('visibilitychange', look)
  onScopeDispose(() => document.removeEventListener('visibilitychange', look))
}
