/** Every text is in a table, in both languages; no component holds a Chinese sentence of its own. */
import { readFileSync, readdirSync, statSync } from 'node:fs'
import { join, relative } from 'node:path'
import { describe, expect, it } from 'vitest'
import uiEn from '../packages/ui/src/locales/en'
import uiZh from '../packages/ui/src/locales/zh-CN'

const ROOT = join(import.meta.dirname, '..')
const APPS = ['gate', 'console', 'guard', 'station']

type Table = { [key: string]: string | Table }

function keys(table: Table, before = ''): string[] {
  return Object.entries(table).flatMap(([key, value]) => (typeof value === 'string' ? [before + key] : keys(value, `${before}${key}.`)))
}

function* files(folder: string): Generator<string> {
  for (const name of readdirSync(folder)) {
    const path = join(folder, name)
    if (statSync(path).isDirectory()) {
      if (name !== 'node_modules') yield* files(path)
    } else yield path
  }
}

const sources = [...files(join(ROOT, 'packages')), ...files(join(ROOT, 'apps'))].filter((path) => /\.(vue|ts)$/.test(path) && path.includes('/src/') && !/\.(test|d)\.ts$/.test(path))
const inTables = (path: string): boolean => path.includes('/locales/')
/** Words for people that are not of the interface: a server in trouble may answer before any table is loaded. */
const ALLOWED = new Set(['packages/api/src/problem.ts', 'packages/ui/src/i18n.ts'])

async function tables(app: string): Promise<[Table, Table]> {
  const zh = (await import(`../apps/${app}/src/locales/zh-CN.ts`)) as { default: Table }
  const en = (await import(`../apps/${app}/src/locales/en.ts`)) as { default: Table }
  return [{ ...uiZh, ...zh.default }, { ...uiEn, ...en.default }]
}

describe.each(APPS)('the texts of %s', (app) => {
  it('are the same in both languages', async () => {
    const [zh, en] = await tables(app)
    expect(keys(en).sort()).toEqual(keys(zh).sort())
  })

  it('hold every key that a component asks for', async () => {
    const known = new Set(keys((await tables(app))[0]))
    const own = sources.filter((path) => path.includes(`/apps/${app}/`) || path.includes('/packages/'))
    const asked = own.flatMap((path) => [...readFileSync(path, 'utf8').matchAll(/\bt\(\s*'([\w.-]+)'/g)].map((found) => found[1]!))
    expect(asked.filter((key) => !known.has(key))).toEqual([])
  })
})

describe.each(sources.filter((path) => !inTables(path) && !ALLOWED.has(relative(ROOT, path))).map((path) => [relative(ROOT, path), path]))('%s', (_, path) => {
  const text = readFileSync(path, 'utf8')

  it('holds no Chinese text of its own', () => {
    const code = text.replace(/\/\*[\s\S]*?\*\/|(^|\s)\/\/.*$|<!--[\s\S]*?-->/gm, '')
    expect(code.match(/[\u4e00-\u9fff]+/g) ?? []).toEqual([])
  })

  it('is of at most 250 lines', () => {
    expect(text.split('\n').length).toBeLessThanOrEqual(251)
  })
})
