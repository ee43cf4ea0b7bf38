import vue from '@vitejs/plugin-vue'
import { defineConfig } from 'vitest/config'

export default defineConfig({
  plugins: [vue()],
  test: { environment: 'happy-dom', include: ['{packages,apps}/*/src/**/*.test.ts', 'tests/**/*.test.ts'], reporters: ['default'], testTimeout: 60_000 },
})
