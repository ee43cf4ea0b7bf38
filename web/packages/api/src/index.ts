import type { components, paths } from './schema'

export type { components, paths }
/** `Schemas['IncidentOut']` */
export type Schemas = components['schemas']

export * from './build'
export * from './client'
export * from './clock'
export * from './login'
export * from './problem'
export * from './session'
export * from './uuid'
