/** Metres as people say them: to the ten, from a kilometre on to the tenth of one. */
import { useI18n } from 'vue-i18n'

export function useDistance(): (m: number) => string {
  const { t } = useI18n()
  return (m) => (m < 1_000 ? t('order.metres', { n: Math.round(m / 10) * 10 }) : t('order.kilometres', { n: Number((m / 1_000).toFixed(1)) }))
}
