/** What every app begins with: login, client, live connection, texts, router. */
import { type App as AppName, LoginSession, createApi, createSend } from '@pingan/api'
import { LIVE, createLive } from '@pingan/live'
import { createPinia } from 'pinia'
import { type App, type Component, createApp } from 'vue'
import { type Router, type RouteRecordRaw, createRouter, createWebHistory } from 'vue-router'
import { ACCOUNT, createAccount } from './composables/useSession'
import { makeI18n } from './i18n'

export interface AppParts {
  name: AppName
  root: Component
  routes: RouteRecordRaw[]
  messages: { 'zh-CN': Record<string, unknown>; en: Record<string, unknown> }
  /** Called before the app is mounted, for plugins of its own. */
  prepare?(app: App, router: Router): void
}

export function startApp({ name, root, routes, messages, prepare }: AppParts): App {
  const session = new LoginSession(name)
  const send = createSend(session)
  const api = createApi(send)
  const live = createLive(api)
  const account = createAccount({ app: name, api, send, session, live })
  const router = createRouter({ history: createWebHistory(name === 'gate' ? '/' : `/${name}/`), routes })

  const app = createApp(root)
  app.use(createPinia())
  app.use(makeI18n(messages))
  app.use(router)
  app.provide(LIVE, live)
  app.provide(ACCOUNT, account)
  prepare?.(app, router)
  app.mount('#app')
  void account.enter()
  return app
}
