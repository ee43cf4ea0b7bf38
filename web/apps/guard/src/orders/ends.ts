/** How an order ended, in the words that a guard needs: must I still go, and was it my doing. */
import type { OwnOrder } from '../screen/useScreen'

export type End = { key: 'filled' | 'released' | 'cancelled' | 'expired' | 'declined' | 'withdrawn' | 'done' | 'rated'; tone: 'ok' | 'idle' | 'warn' }

export function endOf(order: Pick<OwnOrder, 'state' | 'milestones'>): End {
  switch (order.state) {
    case 'stood_down':
      // who had not answered was not needed any more; who was on his way is released
      return order.milestones['accepted'] ? { key: 'released', tone: 'idle' } : { key: 'filled', tone: 'idle' }
    case 'cancelled':
      return { key: 'cancelled', tone: 'warn' }
    case 'expired':
      return { key: 'expired', tone: 'warn' }
    case 'declined':
      return { key: 'declined', tone: 'idle' }
    case 'failed':
      return { key: 'withdrawn', tone: 'warn' }
    case 'rated':
      return { key: 'rated', tone: 'ok' }
    default:
      return { key: 'done', tone: 'ok' }
  }
}
