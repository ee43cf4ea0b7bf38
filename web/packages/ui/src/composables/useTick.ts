/** The server's time, as a value that goes on by itself; one timer for everything that shows time. */
import { serverNow } from '@pingan/api'
import { type Ref, onScopeDispose, ref } from 'vue'

const now_ms = ref(serverNow())
let users = 0
let timer: ReturnType<typeof setInterval> | null = null

export function useTick(): Ref<number> {
  users += 1
  now_ms.value = serverNow()
  timer ??= setInterval(() => {
    now_ms.value = serverNow()
  }, 1_000)
  onScopeDispose(() => {
    users -= 1
    if (users === 0 && timer) {
      clearInterval(timer)
      timer = null
    }
  })
  return now_ms
}
