// one by one: the ready-made style of a part brings a font of 25 kB for icons that we do not use
import 'vant/es/style/base.css'
import 'vant/es/overlay/index.css'
import 'vant/es/popup/index.css'
import '@pingan/ui/tokens.css'
import '@pingan/ui/base.css'
import './phone.css'
import { ACCOUNT, startApp } from '@pingan/ui'
import { LIVE } from '@pingan/live'
import { watch } from 'vue'
import App from './App.vue'
import { ALERT } from './alert/provide'
import { createAlert } from './alert/useAlert'
import { NOTICES, createNotices } from './alert/useNotices'
import en from './locales/en'
import zh from './locales/zh-CN'
import { OUTBOX, createOutbox } from './outbox/useOutbox'
import { POSITION, createPosition } from './position/usePosition'
import { registerWorker } from './pwa/register'
import { routes } from './routes'
import { SCREEN, createScreen } from './screen/useScreen'

startApp({
  name: 'guard',
  root: App,
  routes,
  messages: { 'zh-CN': zh, en },
  prepare(app, router) {
    // what startApp has provided, for what is made of it
    const { [ACCOUNT as symbol]: account, [LIVE as symbol]: live } = app._context.provides
    const outbox = createOutbox(account)
    const screen = createScreen(account, account.api, live, outbox.store)
    const position = createPosition(account.api, live, outbox.store)
    app.provide(OUTBOX, outbox).provide(SCREEN, screen).provide(POSITION, position).provide(ALERT, createAlert()).provide(NOTICES, createNotices())
    // however the login ended: nothing of this person stays on screen; what waits stays for him if he was only cut off
    watch(() => account.state.value, (state: string, before: string) => {
      if (before !== 'in' || state === 'in') return
      screen.end()
      position.stop()
      if (account.ended.value) return
      void outbox.end()
      void router.replace('/')
    })
    registerWorker()
  },
})
