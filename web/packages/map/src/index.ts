export { default as MapView } from './MapView.vue'
export * from './raster'
export * from './style'
export * from './useMap'
