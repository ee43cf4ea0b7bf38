import '@pingan/ui/tokens.css'
import '@pingan/ui/base.css'
import './console.css'
import { startApp } from '@pingan/ui'
import App from './App.vue'
import en from './locales/en'
import zh from './locales/zh-CN'
import { routes } from './routes'

startApp({ name: 'console', root: App, routes, messages: { 'zh-CN': zh, en } })
