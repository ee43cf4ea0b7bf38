import type { RouteRecordRaw } from 'vue-router'
import HomePage from './HomePage.vue'

export const routes: RouteRecordRaw[] = [{ path: '/:rest(.*)*', name: 'home', component: HomePage }]
