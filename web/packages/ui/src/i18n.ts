/** zh-CN first. An app gives its own two tables; keys that are missing are an error in tests and shown as Chinese. */
import { type I18n, createI18n } from 'vue-i18n'
import en from './locales/en'
import zh from './locales/zh-CN'

export type Locale = 'zh-CN' | 'en'
export const LOCALES: { code: Locale; name: string }[] = [
  { code: 'zh-CN', name: '中文' },
  { code: 'en', name: 'English' },
]
const KEY = 'pingan.locale'

type Messages = Record<string, unknown>

export function makeI18n(own: { 'zh-CN': Messages; en: Messages }): I18n {
  const locale = (localStorage.getItem(KEY) as Locale | null) ?? 'zh-CN'
  const i18n = createI18n({
    legacy: false,
    locale,
    fallbackLocale: 'zh-CN',
    messages: { 'zh-CN': { ...zh, ...own['zh-CN'] }, en: { ...en, ...own.en } },
  }) as unknown as I18n
  document.documentElement.lang = locale
  return i18n
}

export function rememberLocale(locale: Locale): void {
  localStorage.setItem(KEY, locale)
  document.documentElement.lang = locale
}
