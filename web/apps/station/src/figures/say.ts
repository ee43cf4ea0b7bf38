/** Figures as words. */
import type { Schemas } from '@pingan/api'

export function percent(share: Schemas['ShareOut'] | null | undefined): string {
  return share?.value == null ? '–' : `${Math.round(share.value * 100)}%`
}

/** `1.4–3.0`, the range in which the true share lies with 95 %. */
export function range(share: Schemas['ShareOut'] | null | undefined): string {
  if (share?.low == null || share.high == null) return ''
  return `${Math.round(share.low * 100)}–${Math.round(share.high * 100)}%`
}

export function decimal(value: number | null | undefined, digits = 1): string {
  return value == null ? '–' : value.toFixed(digits)
}
