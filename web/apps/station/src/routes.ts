import type { RouteRecordRaw } from 'vue-router'

declare module 'vue-router' {
  interface RouteMeta {
    /** Whoever may do none of these does not find the page in the menu. */
    permission?: string | string[]
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
  {
    path: '/figures',
    name: 'figures',
    component: () => import('./figures/FiguresPage.vue'),
    meta: { permission: 'figure.assists' },
  },
  {
    path: '/people',
    name: 'people',
    component: () => import('./people/PeoplePage.vue'),
    meta: { permission: 'responder.read' },
  },
  {
    path: '/scenarios',
    name: 'scenarios',
    component: () => import('./scenarios/ScenariosPage.vue'),
    meta: { permission: 'scenario.read' },
  },
  { path: '/scenarios/:scenario', name: 'scenario', component: () => import('./scenarios/ScenarioPage.vue'), props: true },
  {
    path: '/areas',
    name: 'areas',
    component: () => import('./areas/AreasPage.vue'),
    meta: { permission: ['area.write', 'reach.read'] },
  },
  {
    path: '/coverage',
    name: 'coverage',
    component: () => import('./coverage/CoveragePage.vue'),
    meta: { permission: 'reach.read' },
  },
  {
    path: '/matching',
    name: 'matching',
    component: () => import('./matching/MatchingPage.vue'),
    meta: { permission: 'recommend' },
  },
  {
    path: '/aid',
    name: 'aid',
    component: () => import('./aid/AidPage.vue'),
    meta: { permission: 'aid.read' },
  },
  {
    path: '/exports',
    name: 'exports',
    component: () => import('./exports/ExportsPage.vue'),
    meta: { permission: 'export.decide' },
  },
  {
    path: '/settings',
    name: 'settings',
    component: () => import('./settings/SettingsPage.vue'),
    meta: { permission: 'station.settings' },
  },
  {
    path: '/records',
    name: 'records',
    component: () => import('./records/RecordsPage.vue'),
    meta: { permission: 'record.read' },
  },
  { path: '/:rest(.*)*', component: () => import('./shell/FirstPage.vue') },
]
