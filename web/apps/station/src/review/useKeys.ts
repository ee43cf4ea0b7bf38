/** Single keys that act on a page, as long as nobody is typing and no dialog is open. */
import { onBeforeUnmount, onMounted } from 'vue'

export function useKeys(keys: Record<string, () => unknown>): void {
  function press(event: KeyboardEvent): void {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return
    const at = event.target
    if (at instanceof HTMLElement && at.closest('textarea, select, [contenteditable], input:not([type=checkbox])')) return
    if (document.querySelector('[aria-modal=true]')) return
    const act = keys[event.key.length === 1 ? event.key.toLowerCase() : event.key]
    if (!act) return
    event.preventDefault()
    act()
  }
  onMounted(() => addEventListener('keydown', press))
  onBeforeUnmount(() => removeEventListener('keydown', press))
}
