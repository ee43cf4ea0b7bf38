/** The installed app: its files lie on the phone, a newer version asks before it takes over. */
import { ref } from 'vue'

/** A newer version lies ready. */
export const fresh = ref<ServiceWorker | null>(null)

export interface InstallPrompt extends Event {
  prompt(): Promise<void>
}
/** The browser offers to install this page. */
export const installable = ref<InstallPrompt | null>(null)

export const isInstalled = typeof matchMedia !== 'undefined' && matchMedia('(display-mode: standalone)').matches

export function registerWorker(): void {
  window.addEventListener('beforeinstallprompt', (event) => {
    event.preventDefault()
    installable.value = event as InstallPrompt
  })
  if (!('serviceWorker' in navigator) || !import.meta.env.PROD) return
  void navigator.serviceWorker.register('/guard/sw.js', { scope: '/guard/' }).then((registration) => {
    const note = (): void => {
      // the very first one takes over from nobody
      if (registration.waiting && navigator.serviceWorker.controller) fresh.value = registration.waiting
    }
    note()
    registration.addEventListener('updatefound', () => registration.installing?.addEventListener('statechange', note))
    document.addEventListener('visibilitychange', () => {
      if (document.visibilityState === 'visible') void registration.update().catch(() => undefined)
    })
  }, () => undefined)
  let reloading = false
  navigator.serviceWorker.addEventListener('controllerchange', () => {
    if (!fresh.value || reloading) return
    reloading = true
    location.reload()
  })
}

export function takeOver(): void {
  fresh.value?.postMessage('take-over')
}
