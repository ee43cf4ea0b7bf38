import type { RouteRecordRaw } from 'vue-router'
import EntryPage from './EntryPage.vue'

export const routes: RouteRecordRaw[] = [{ path: '/:rest(.*)*', component: EntryPage }]
