/** What the server says of states and reasons, in the language of the page. */
import { useWords } from '@pingan/ui'

export function useSaid() {
  const { reason, said } = useWords()
  return {
    /** `code` with the server's Chinese word for it. */
    state: (code: string, text: string): string => said(text, code),
    reason,
  }
}
