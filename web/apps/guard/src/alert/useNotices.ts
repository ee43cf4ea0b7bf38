/** What the system shows while the page is not looked at: that something waits, never what. */
import { type InjectionKey, type Ref, inject, ref } from 'vue'

/** `missing`: this browser has none, or the page came over plain http. */
export type Permission = NotificationPermission | 'missing'

export interface Notices {
  permission: Ref<Permission>
  /** Only a tap may ask. */
  ask(): Promise<void>
  show(notice: { tag: string; title: string; body: string }): Promise<void>
  /** The person looks at the page: what it shows need not be told again. */
  clear(): Promise<void>
}

interface Shown {
  close(): void
}

function read(): Permission {
  return 'Notification' in window && window.isSecureContext ? Notification.permission : 'missing'
}

export function createNotices(): Notices {
  const permission = ref<Permission>(read())
  /** Where there is no service worker, the page's own. */
  const own: Shown[] = []

  async function registration(): Promise<ServiceWorkerRegistration | undefined> {
    return 'serviceWorker' in navigator ? navigator.serviceWorker.getRegistration('/guard/') : undefined
  }

  // it may have been changed in the system's settings meanwhile
  document.addEventListener('visibilitychange', () => {
    permission.value = read()
  })

  return {
    permission,
    async ask() {
      if (read() !== 'default') return
      permission.value = await Notification.requestPermission()
    },
    async show({ tag, title, body }) {
      if (read() !== 'granted') return
      const options = { tag, body, renotify: true, requireInteraction: true, vibrate: [400, 150, 400, 150, 400], icon: '/guard/icon-192.png', badge: '/guard/icon-192.png' } as NotificationOptions
      try {
        const worker = await registration()
        // Android knows no other way than the worker's
        if (worker?.active) return await worker.showNotification(title, options)
        own.push(new Notification(title, options))
      } catch {
        // forbidden by the system; the page rings as well
      }
    },
    async clear() {
      const shown: Shown[] = own.splice(0)
      const worker = await registration()
      if (worker) shown.push(...(await worker.getNotifications()))
      for (const notice of shown) notice.close()
    },
  }
}

export const NOTICES: InjectionKey<Notices> = Symbol('notices')

export function useNotices(): Notices {
  const notices = inject(NOTICES)
  if (!notices) throw new Error('no notices were provided')
  return notices
}
