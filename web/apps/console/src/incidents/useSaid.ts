/** What the server says of states and reasons, in the language of the page. */
import { useWords } from '@pingan/ui'

/** Where the code of a reason may have its word; what is in none of them was written by a person. */
const REASONS = ['end_reasons', 'decline_reasons', 'withdraw_reasons'] as const

export function useSaid() {
  const { word, words, said } = useWords()
  return {
    /** `code` with the server's Chinese word for it. */
    state: (code: string, text: string): string => said(text, code),
    reason(code: string | null | undefined): string {
      const list = REASONS.find((each) => code && words[each]?.[code])
      return list ? word(list, code) : (code ?? '')
    },
  }
}
