/** What the server says of states and reasons, in the language of the page. */
import { useWords } from '@pingan/ui'
import { useI18n } from 'vue-i18n'

/** Where the code of a reason may have its word; what is in none of them was written by a person. */
const REASONS = ['end_reasons', 'decline_reasons', 'withdraw_reasons'] as const

export function useSaid() {
  const { locale } = useI18n()
  const { word, words } = useWords()
  return {
    /** `code` with the server's Chinese word for it. */
    state: (code: string, said: string): string => (locale.value === 'en' ? code.replace(/_/g, ' ') : said),
    reason(code: string | null | undefined): string {
      const list = REASONS.find((each) => code && words[each]?.[code])
      return list ? word(list, code) : (code ?? '')
    },
  }
}
