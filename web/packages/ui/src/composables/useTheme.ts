/** Light, dark, or as the system has it. */
import { type Ref, ref, watch } from 'vue'

export type Theme = 'auto' | 'light' | 'dark'
const KEY = 'pingan.theme'
const system = typeof matchMedia === 'undefined' ? null : matchMedia('(prefers-color-scheme: dark)')

const theme = ref<Theme>((localStorage.getItem(KEY) as Theme | null) ?? 'auto')
/** What is shown now. */
export const isDark = ref(false)

function apply(): void {
  isDark.value = theme.value === 'dark' || (theme.value === 'auto' && (system?.matches ?? false))
  document.documentElement.classList.toggle('dark', isDark.value)
}

apply()
system?.addEventListener('change', apply)
watch(theme, (chosen) => {
  localStorage.setItem(KEY, chosen)
  apply()
})

export function useTheme(): { theme: Ref<Theme>; isDark: Ref<boolean> } {
  return { theme, isDark }
}
