/** Which build this page is, and which one the server has. An old page must not go on talking to a new server. */

declare const __PINGAN_BUILD__: string | undefined

export const OWN_BUILD: string = typeof __PINGAN_BUILD__ === 'undefined' ? 'dev' : __PINGAN_BUILD__

const TRIED = 'pingan.reloaded-for'
type Listener = (build: string) => void

let seen: string | null = null
const listeners = new Set<Listener>()

/** Called with whatever the server says its build is; tells the listeners once for each other build. */
export function noteBuild(build: string | null | undefined): void {
  if (!build || OWN_BUILD === 'dev' || build === seen) return
  seen = build
  if (build !== OWN_BUILD) for (const listener of listeners) listener(build)
}

/** Be told when the server has another build than this page. */
export function onOutdated(listener: Listener): () => void {
  listeners.add(listener)
  if (seen !== null && seen !== OWN_BUILD) listener(seen)
  return () => listeners.delete(listener)
}

/** Load the page anew for that build, once: false when that was tried already and has not helped. */
export function reloadFor(build: string): boolean {
  if (sessionStorage.getItem(TRIED) === build) return false
  sessionStorage.setItem(TRIED, build)
  location.reload()
  return true
}
