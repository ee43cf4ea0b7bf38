import type { RouteRecordRaw } from 'vue-router'
import HomePage from './duty/HomePage.vue'
import OrderPage from './orders/OrderPage.vue'

// what an order needs is in the first load; the rest comes when it is opened, and lies in the cache before
export const routes: RouteRecordRaw[] = [
  { path: '/', name: 'home', component: HomePage },
  { path: '/recorded', component: () => import('./duty/RecordedPage.vue') },
  { path: '/orders', component: () => import('./orders/OrderListPage.vue') },
  { path: '/orders/:id', component: OrderPage, meta: { full: true } },
  { path: '/outbox', component: () => import('./outbox/OutboxPage.vue') },
  { path: '/incidents', component: () => import('./officer/IncidentListPage.vue') },
  { path: '/incidents/new', component: () => import('./officer/NewIncidentPage.vue'), meta: { full: true, form: true } },
  { path: '/incidents/:id', component: () => import('./officer/IncidentPage.vue'), meta: { full: true } },
  { path: '/incidents/:id/feedback', component: () => import('./officer/FeedbackPage.vue'), meta: { full: true, form: true } },
  { path: '/me', component: () => import('./me/MePage.vue') },
  { path: '/me/figures', component: () => import('./me/FiguresPage.vue') },
  { path: '/me/ratings', component: () => import('./me/RatingsPage.vue') },
  { path: '/me/devices', component: () => import('./me/DevicesPage.vue') },
  { path: '/me/password', component: () => import('./me/PasswordPage.vue'), meta: { form: true } },
  { path: '/:rest(.*)*', redirect: '/' },
]
