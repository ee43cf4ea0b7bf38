/** Everything that can be done by a key: registered by the part that does it, shown by the palette and the help. */
import { type InjectionKey, type ShallowReactive, computed, inject, onBeforeUnmount, onMounted, provide, shallowReactive } from 'vue'

export interface Command {
  id: string
  /** Of the texts: what it does. */
  label: string
  /** As on the keyboard: `n`, `?`, `mod+k`, `shift+d`; none: palette only. */
  key?: string
  /** Not offered while this is false. */
  when?: () => boolean
  /** Also while something is typed; only for keys with `mod`. */
  run: () => void
}

type Commands = ShallowReactive<Map<string, Command>>
const COMMANDS: InjectionKey<Commands> = Symbol('commands')

export function isTyping(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && (target.isContentEditable || ['INPUT', 'TEXTAREA', 'SELECT'].includes(target.tagName))
}

/** What Enter and space press by themselves. */
function isPressable(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && target.closest('button, a[href], summary, [role="option"]') !== null
}

/** How a press of a key is written. */
export function written(event: Pick<KeyboardEvent, 'key' | 'ctrlKey' | 'metaKey' | 'shiftKey' | 'altKey'>): string {
  const key = event.key.toLowerCase()
  const mod = event.ctrlKey || event.metaKey ? 'mod+' : ''
  const alt = event.altKey ? 'alt+' : ''
  // of a sign such as ? the shift is part of it
  const shift = event.shiftKey && (/^[a-z]$/.test(key) || key.length > 1) ? 'shift+' : ''
  return mod + alt + shift + key
}

export function provideShortcuts(): void {
  const commands: Commands = shallowReactive(new Map())
  provide(COMMANDS, commands)

  // a dialog that is closed by this very press is gone before the press arrives here
  let inDialog = false
  function note(): void {
    inDialog = document.querySelector('[aria-modal="true"]') !== null
  }

  function press(event: KeyboardEvent): void {
    if (event.defaultPrevented || event.isComposing) return
    const key = written(event)
    if (isTyping(event.target) && !key.startsWith('mod+') && !key.startsWith('alt+')) return
    if ((key === 'enter' || key === ' ') && isPressable(event.target)) return
    // a dialog has its own keys
    if (inDialog && key !== 'mod+k') return
    for (const command of commands.values()) {
      if (command.key === key && (command.when?.() ?? true)) {
        event.preventDefault()
        command.run()
        return
      }
    }
  }

  onMounted(() => {
    window.addEventListener('keydown', note, { capture: true })
    window.addEventListener('keydown', press)
  })
  onBeforeUnmount(() => {
    window.removeEventListener('keydown', note, { capture: true })
    window.removeEventListener('keydown', press)
  })
}

function all(): Commands {
  const commands = inject(COMMANDS)
  if (!commands) throw new Error('no shortcuts were provided')
  return commands
}

/** These, as long as the component is there. */
export function useCommands(own: Command[]): void {
  const commands = all()
  for (const command of own) commands.set(command.id, command)
  onBeforeUnmount(() => {
    for (const command of own) if (commands.get(command.id) === command) commands.delete(command.id)
  })
}

/** All that can be done now. */
export function useCommandList() {
  const commands = all()
  return computed(() => [...commands.values()].filter((command) => command.when?.() ?? true))
}

/** The key as it is shown. */
export function shown(key: string): string {
  if (key === '+') return key
  return key
    .split('+')
    .map((part) => ({ mod: 'Ctrl', alt: 'Alt', shift: 'Shift', enter: '↵', ' ': '␣', escape: 'Esc', arrowup: '↑', arrowdown: '↓' })[part] ?? part.toUpperCase())
    .join(' ')
}
