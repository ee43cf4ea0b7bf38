/** What lies over the page keeps the focus while it is open, and gives it back. */
import { type Ref, nextTick, watch } from 'vue'

const REACHED = 'button:not(:disabled), input, textarea, select, a[href]'

/** `first` is what gets the focus, else the box itself. Bind what is returned to Tab. */
export function useFocusTrap(open: Ref<unknown>, box: Ref<HTMLElement | undefined>, first?: (box: HTMLElement) => HTMLElement | null): (event: KeyboardEvent) => void {
  let before: Element | null = null

  watch(open, async (now, was) => {
    if (now && !was) {
      before = document.activeElement
      await nextTick()
      if (box.value) (first?.(box.value) ?? box.value).focus()
    } else if (!now && before instanceof HTMLElement) {
      before.focus()
    }
  }, { immediate: true })

  /** Tab goes round inside, so that nothing behind is pressed unseen. */
  return (event) => {
    const all = [...(box.value?.querySelectorAll<HTMLElement>(REACHED) ?? [])]
    const edge = event.shiftKey ? all[0] : all[all.length - 1]
    if (document.activeElement !== edge && all.length) return
    event.preventDefault()
    ;(event.shiftKey ? all[all.length - 1] : all[0])?.focus()
  }
}
