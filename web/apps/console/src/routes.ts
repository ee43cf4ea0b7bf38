import type { RouteRecordRaw } from 'vue-router'
import RoomPage from './room/RoomPage.vue'

export const routes: RouteRecordRaw[] = [
  { path: '/', name: 'room', component: RoomPage },
  { path: '/incidents/:id', name: 'incident', component: RoomPage },
  { path: '/replay/:id', name: 'replay', component: () => import('./replay/ReplayPage.vue') },
  { path: '/wall', name: 'wall', component: () => import('./wall/WallPage.vue') },
  { path: '/:rest(.*)*', redirect: '/' },
]
