import { type InjectionKey, inject } from 'vue'
import type { Alert } from './useAlert'

export const ALERT: InjectionKey<Alert> = Symbol('alert')

export function useAlert(): Alert {
  const alert = inject(ALERT)
  if (!alert) throw new Error('no alert was provided')
  return alert
}
