// Made by the build: the files of one version, kept on the phone. Answers of the API are never kept.
const BUILD = '__BUILD__'
const FILES = __FILES__
const CACHE = `pingan-guard-${BUILD}`
const PAGE = '/guard/'
const PAGE_WAIT_MS = 3000

self.addEventListener('install', (event) => {
  event.waitUntil(
    caches.open(CACHE).then((cache) => cache.addAll([PAGE, ...FILES].map((path) => new Request(path, { cache: 'reload', credentials: 'same-origin' })))),
  )
})

self.addEventListener('activate', (event) => {
  event.waitUntil(
    caches
      .keys()
      .then((names) => Promise.all(names.filter((name) => name.startsWith('pingan-guard-') && name !== CACHE).map((name) => caches.delete(name))))
      .then(() => self.clients.claim()),
  )
})

self.addEventListener('message', (event) => {
  if (event.data === 'take-over') self.skipWaiting()
})

/** A notice says that something waits; the page knows what. */
self.addEventListener('notificationclick', (event) => {
  event.notification.close()
  event.waitUntil(
    self.clients.matchAll({ type: 'window', includeUncontrolled: true }).then((pages) => {
      const open = pages.find((page) => new URL(page.url).pathname.startsWith(PAGE))
      return open ? open.focus() : self.clients.openWindow(PAGE)
    }),
  )
})

self.addEventListener('fetch', (event) => {
  const { request } = event
  const url = new URL(request.url)
  if (request.method !== 'GET' || url.origin !== location.origin) return
  if (request.mode === 'navigate') event.respondWith(page(request))
  else if (url.pathname.startsWith('/guard/assets/')) event.respondWith(asset(request))
})

/** The server's page as long as it comes soon; the kept one where there is no signal. */
async function page(request) {
  const kept = await caches.match(PAGE, { cacheName: CACHE })
  if (!kept) return fetch(request)
  const soon = new Promise((resolve) => setTimeout(() => resolve(null), PAGE_WAIT_MS))
  const answer = await Promise.race([fetch(request).catch(() => null), soon])
  return answer && answer.ok ? answer : kept
}

/** A name with a digest in it never changes: what is here is right. The map's parts are kept when they are first used. */
async function asset(request) {
  const kept = await caches.match(request)
  if (kept) return kept
  const answer = await fetch(request)
  if (answer.ok) {
    const cache = await caches.open(CACHE)
    await cache.put(request, answer.clone())
  }
  return answer
}
