/** The catalogue of types as one list that can be searched by words or by numbers, and the scenario that follows. */
import type { Schemas } from '@pingan/api'

export interface Choice {
  category: string
  type: string
  subtype: string | null
  label: string
  /** What somebody may type to find it. */
  words: string
  level: number
  violent: boolean
}

/** `word`: the word of a code in the language of the screen. What the server says in Chinese finds a type in any language. */
export function choicesOf(categories: Schemas['CategoryOut'][], word: (list: 'categories' | 'types' | 'subtypes', code: string) => string): Choice[] {
  return categories.flatMap((category) =>
    category.types.flatMap((type) => {
      const base = { category: category.code, type: type.code, level: type.level, violent: type.violent }
      const key = `${category.code}.${type.code}`
      const label = `${word('categories', category.code)} · ${word('types', key)}`
      const names = `${label} ${category.name}${type.name}`
      const whole: Choice = { ...base, subtype: null, label, words: `${names}${category.number}${type.number}`.toLowerCase() }
      const parts = Object.entries(type.subtypes).map(([subtype, name]): Choice => {
        const part = word('subtypes', `${key}.${subtype}`)
        return { ...base, subtype, label: `${label} · ${part}`, words: `${names}${part}${name}${type.number}`.toLowerCase() }
      })
      return [whole, ...parts]
    }),
  )
}

/** Those that hold every word that was typed; whole types before their parts. */
export function findChoices(choices: Choice[], said: string, most = 12): Choice[] {
  const words = said.toLowerCase().split(/[\s·]+/).filter(Boolean)
  return choices
    .filter((choice) => words.every((word) => choice.words.includes(word)))
    .sort((a, b) => Number(a.subtype !== null) - Number(b.subtype !== null))
    .slice(0, most)
}

/** For the type, else for the category, else the general one: the rule of the server. */
export function scenarioFor(scenarios: Schemas['ScenarioOut'][], category: string, type: string): Schemas['ScenarioOut'] | undefined {
  const current = scenarios.filter((scenario) => scenario.current)
  return (
    current.find((scenario) => scenario.spec.match?.types?.includes(`${category}.${type}`)) ??
    current.find((scenario) => scenario.spec.match?.categories?.includes(category)) ??
    current.find((scenario) => !scenario.spec.match?.types?.length && !scenario.spec.match?.categories?.length)
  )
}
