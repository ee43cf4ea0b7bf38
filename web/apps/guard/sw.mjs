// Writes the service worker: which files of this build lie on the phone from the start.
import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'

/** The map: large and seldom wanted; kept when it is first used. */
const LATER = /maplibre-gl|maplibregl/

/** @param {import('vite').Rollup.OutputAsset | import('vite').Rollup.OutputChunk} file */
function isLater(file) {
  if (file.type === 'chunk') return Object.keys(file.modules).some((id) => LATER.test(id))
  return LATER.test(file.fileName) || LATER.test(String(file.source))
}

/** @param {string} build @returns {import('vite').Plugin} */
export function serviceWorker(build) {
  return {
    name: 'pingan-service-worker',
    apply: 'build',
    async generateBundle(_, bundle) {
      const template = await readFile(fileURLToPath(new URL('./sw.template.js', import.meta.url)), 'utf8')
      const files = Object.values(bundle).filter((file) => /^assets\/.*\.(js|css)$/.test(file.fileName) && !isLater(file)).map((file) => `/guard/${file.fileName}`)
      const source = template.replace("'__BUILD__'", JSON.stringify(build)).replace('__FILES__', JSON.stringify(files.sort()))
      this.emitFile({ type: 'asset', fileName: 'sw.js', source })
    },
  }
}
