// How every app is built; build.mjs and vitest use it.
import { fileURLToPath } from 'node:url'
import vue from '@vitejs/plugin-vue'
import { serviceWorker } from './apps/guard/sw.mjs'

const root = fileURLToPath(new URL('.', import.meta.url))
export const APPS = ['gate', 'console', 'guard', 'station']

/** @param {string} app @param {string} build @returns {import('vite').InlineConfig} */
export function configOf(app, build) {
  return {
    configFile: false,
    root: `${root}apps/${app}`,
    // relative to nothing: the server puts each app below its own address, the chooser at the root
    base: app === 'gate' ? '/' : `/${app}/`,
    logLevel: 'warn',
    plugins: [vue(), ...(app === 'guard' ? [serviceWorker(build)] : [])],
    define: {
      __PINGAN_BUILD__: JSON.stringify(build),
      __VUE_OPTIONS_API__: 'true',
      __VUE_PROD_DEVTOOLS__: 'false',
      __VUE_I18N_LEGACY_API__: 'false',
      __INTLIFY_PROD_DEVTOOLS__: 'false',
    },
    build: {
      outDir: `${root}dist.new/${app}`,
      emptyOutDir: true,
      // four-year-old WebViews are in guards' pockets
      target: 'chrome87',
      modulePreload: { polyfill: false },
      assetsInlineLimit: 0,
      chunkSizeWarningLimit: 1500,
      reportCompressedSize: false,
    },
    server: {
      proxy: { '/api': { target: process.env['PINGAN_SERVER'] ?? 'http://127.0.0.1:8110', ws: true, changeOrigin: true } },
    },
    worker: { format: 'es' },
  }
}
