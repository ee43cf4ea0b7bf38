import type { RouteRecordRaw } from 'vue-router'

declare module 'vue-router' {
  interface RouteMeta {
    /** Whoever may not do this does not find the page in the menu. */
    permission?: string
  }
}

export const routes: RouteRecordRaw[] = [
  {
    path: '/review/:id?',
    name: 'review',
    component: () => import('./review/ReviewPage.vue'),
    meta: { permission: 'closure.read' },
    props: true,
  },
  { path: '/:rest(.*)*', redirect: { name: 'review' } },
]
