/** The pages that this person may open, in the order of the menu. */
import { useAccount } from '@pingan/ui'
import { type ComputedRef, computed } from 'vue'
import { type RouteRecordRaw, useRouter } from 'vue-router'

export function usePages(): ComputedRef<RouteRecordRaw[]> {
  const account = useAccount()
  const router = useRouter()
  return computed(() => router.options.routes.filter(({ name, meta }) => name && [meta?.permission ?? []].flat().some(account.may)))
}
