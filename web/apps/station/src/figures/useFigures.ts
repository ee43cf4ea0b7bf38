/** The tables of one period, loaded together, so that all that stands on the screen is of the same incidents. */
import { type Schemas, ok } from '@pingan/api'
import { useAccount, useApi, useLoad, useWords } from '@pingan/ui'
import { type Ref, computed, watch } from 'vue'
import { useI18n } from 'vue-i18n'
import { type Period, weekOf } from './period'

export type By = 'all' | 'week' | 'scenario' | 'station' | 'organization' | 'responder' | 'taker'
export type TableName = 'intervals' | 'assists' | 'closings' | 'missed'
export interface Asked extends Period {
  by: By
}
/** A number that leads to its incidents. */
export interface Behind {
  table: TableName
  group: string
  label: string
  of: string
  interval?: string
  /** Of a line that is not told apart as the table is. */
  by?: By
}

export function useFigures(asked: Ref<Asked>) {
  const api = useApi()
  const account = useAccount()

  return watchLoad(asked, async () => {
    const { by, ...period } = asked.value
    const all = account.may('figure.read')
    const params = { params: { query: { ...period, by } } }
    const [intervals, closings, missed, hours, assists, burden] = await Promise.all([
      all ? ok(api.GET('/api/v1/figures/intervals', params)) : null,
      all ? ok(api.GET('/api/v1/figures/closings', params)) : null,
      all ? ok(api.GET('/api/v1/figures/missed', params)) : null,
      all ? ok(api.GET('/api/v1/figures/coverage', { params: { query: period } })) : null,
      ok(api.GET('/api/v1/figures/assists', params)),
      ok(api.GET('/api/v1/figures/burden', { params: { query: period } })),
    ])
    return { intervals, closings, missed, hours, assists, burden }
  })
}

/** The same tables with the names of their lines in the language of the screen. */
export function useNamed(figures: Ref<Figures | null>) {
  const { locale } = useI18n()
  const { named } = useWords()
  function said<T extends { items: { group: Schemas['api__figures__schemas__GroupOut'] }[] }>(table: T): T {
    if (locale.value !== 'en') return table
    const items = table.items.map((line) => {
      const { key, label } = line.group
      const week = weekOf(key, locale.value)
      return { ...line, group: { key, label: week === key ? named('scenarios', key, named('figure_lines', key, label)) : week } }
    })
    return { ...table, items }
  }
  return computed(() => {
    const { value } = figures
    if (!value) return null
    const { intervals, assists, closings, missed } = value
    return { ...value, intervals: intervals && said(intervals), assists: said(assists), closings: closings && said(closings), missed: missed && said(missed) }
  })
}

/** Whether a number leads anywhere: a company and the district read numbers only. */
export function useBehind(): boolean {
  const { may } = useAccount()
  return may('figure.read') && may('incident.list')
}

function watchLoad<T>(asked: Ref<Asked>, ask: () => Promise<T>) {
  const load = useLoad(ask)
  watch(asked, load.load, { immediate: true, deep: true })
  return load
}

export type Figures = NonNullable<ReturnType<typeof useFigures>['data']['value']>
export type Quantiles = Schemas['QuantileOut'][]

export function quantile(of: Quantiles, p: number): Schemas['QuantileOut'] | undefined {
  return of.find((one) => Math.abs(one.p - p) < 0.001)
}
