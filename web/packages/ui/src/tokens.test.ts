/** Text can be read on its ground: 4.5:1 in both themes. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'

const css = readFileSync(join(import.meta.dirname, 'tokens.css'), 'utf8')

function tokensOf(selector: string): Record<string, string> {
  const block = css.slice(css.indexOf(`${selector} {`)).split('}')[0]!
  return Object.fromEntries([...block.matchAll(/--c-([\w-]+): (#[0-9a-f]{6})/g)].map((found) => [found[1]!, found[2]!]))
}

function luminance(hex: string): number {
  const [r, g, b] = [1, 3, 5].map((at) => {
    const share = parseInt(hex.slice(at, at + 2), 16) / 255
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4
  }) as [number, number, number]
  return 0.2126 * r + 0.7152 * g + 0.0722 * b
}

function contrast(a: string, b: string): number {
  const [light, dark] = [luminance(a), luminance(b)].sort((x, y) => y - x) as [number, number]
  return (light + 0.05) / (dark + 0.05)
}

const PAIRS: [text: string, ground: string][] = [
  ...['text', 'text-2', 'brand', 'danger', 'ok', 'warn', 'idle'].flatMap((text): [string, string][] => [[text, 'surface'], [text, 'surface-2'], [text, 'ground']]),
  ...['ok', 'warn', 'danger', 'idle'].map((tone): [string, string] => [tone, `${tone}-soft`]),
  ['brand-strong', 'brand-soft'], ['on-brand', 'brand'], ['on-brand', 'brand-strong'], ['on-danger', 'danger'],
  ['text', 'danger-soft'], ['text', 'warn-soft'], ['text', 'brand-soft'], ['text-2', 'danger-soft'],
]

describe.each([[':root'], [':root.dark']])('in %s', (selector) => {
  const tokens = tokensOf(selector)
  it.each(PAIRS)('%s can be read on %s', (text, ground) => {
    expect(contrast(tokens[text]!, tokens[ground]!)).toBeGreaterThanOrEqual(4.5)
  })
})
