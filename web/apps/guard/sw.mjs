// Writes the service worker: which files of this build lie on the phone from the start.
import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'

/** Large and seldom wanted; kept when it is first used. */
const LATER = /maplibre|RouteMap|MapView|RouteLayer|HelpersMap/i

/** @param {string} build @returns {import('vite').Plugin} */
export function serviceWorker(build) {
  return {
    name: 'pingan-service-worker',
    apply: 'build',
    async generateBundle(_, bundle) {
      const template = await readFile(fileURLToPath(new URL('./sw.template.js', import.meta.url)), 'utf8')
      const files = Object.keys(bundle).filter((name) => /^assets\/.*\.(js|css)$/.test(name) && !LATER.test(name)).map((name) => `/guard/${name}`)
      const source = template.replace("'__BUILD__'", JSON.stringify(build)).replace('__FILES__', JSON.stringify(files.sort()))
      this.emitFile({ type: 'asset', fileName: 'sw.js', source })
    },
  }
}
