/** A rating as it is made with the thumb: one tap on the stars is enough where all went well. Over values. */

export type Outcome = 'seen' | 'not_seen' | 'not_needed'
export const YES_NO = ['arrived', 'helped', 'followed_instruction', 'safe'] as const
export type Question = (typeof YES_NO)[number]

export interface Draft {
  order_id: string
  outcome: Outcome
  answers: Record<Question, boolean>
  /** Not guessed for the officer: it is his judgement. */
  score: number | null
  tags: string[]
  text: string
}

export function begin(order_id: string): Draft {
  return { order_id, outcome: 'seen', answers: { arrived: true, helped: true, followed_instruction: true, safe: true }, score: null, tags: [], text: '' }
}

export function isComplete(draft: Draft): boolean {
  return draft.outcome !== 'seen' || draft.score !== null
}

/** As the server takes it: what was not seen is not judged. */
export function toBody(draft: Draft): Record<string, unknown> {
  const { order_id, outcome, tags, text } = draft
  const rest = { tags, text: text.trim() }
  if (outcome !== 'seen') return { order_id, outcome, ...rest }
  return { order_id, outcome, ...draft.answers, score: draft.score, ...rest }
}

const MOST_TAGS = 6

export function toggleTag(tags: readonly string[], tag: string): string[] {
  if (tags.includes(tag)) return tags.filter((other) => other !== tag)
  return tags.length >= MOST_TAGS ? [...tags] : [...tags, tag]
}
