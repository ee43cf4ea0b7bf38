/** What comes in a burst is handed on together, before the screen is drawn next. */

/** Longer than this nothing waits, however seldom the screen is drawn. */
const MOST_MS = 100

export interface Batch<T> {
  add(items: T[]): void
  /** Hand on now. */
  flush(): void
  /** Forget what waits. */
  drop(): void
}

function isDrawn(): boolean {
  return typeof requestAnimationFrame === 'function' && document.visibilityState === 'visible'
}

export function batch<T>(handOn: (items: T[]) => void): Batch<T> {
  let waiting: T[] = []
  let timer: ReturnType<typeof setTimeout> | null = null

  function flush(): void {
    if (timer) clearTimeout(timer)
    timer = null
    if (!waiting.length) return
    const items = waiting
    waiting = []
    handOn(items)
  }

  return {
    flush,
    add(items) {
      waiting.push(...items)
      // a page that nobody sees is drawn never, and its timers are slowed down
      if (!isDrawn()) return flush()
      if (timer) return
      timer = setTimeout(flush, MOST_MS)
      requestAnimationFrame(flush)
    },
    drop() {
      waiting = []
    },
  }
}
