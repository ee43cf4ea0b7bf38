// Builds every app into dist.new, packs its files, and puts all of it in place of dist at once.
import { readFile, readdir, rename, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { brotliCompress, constants, gzip } from 'node:zlib'
import { build } from 'vite'
import { APPS, configOf } from './vite.shared.mjs'

const at = process.argv.indexOf('--id')
const id = at > 0 ? process.argv[at + 1] : 'local'
const PACKED = /\.(js|mjs|css|html|svg|json|webmanifest)$/
const WORTH_PACKING_BYTES = 1024

async function* filesOf(folder) {
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name)
    if (entry.isDirectory()) yield* filesOf(path)
    else yield path
  }
}

async function pack(path) {
  const content = await readFile(path)
  if (!PACKED.test(path) || content.length < WORTH_PACKING_BYTES) return
  const quality = { params: { [constants.BROTLI_PARAM_QUALITY]: 9 } }
  await writeFile(`${path}.br`, await promisify(brotliCompress)(content, quality))
  await writeFile(`${path}.gz`, await promisify(gzip)(content, { level: 9 }))
}

await rm('dist.new', { recursive: true, force: true })
for (const app of APPS) {
  const began = Date.now()
  await build(configOf(app, id))
  console.log(`built ${app} in ${((Date.now() - began) / 1000).toFixed(1)} s`)
}
for await (const path of filesOf('dist.new')) await pack(path)
await writeFile('dist.new/build.json', JSON.stringify({ build: id }))
if (await stat('dist').catch(() => null)) await rename('dist', 'dist.old')
await rename('dist.new', 'dist')
await rm('dist.old', { recursive: true, force: true })
