/** Where this phone is: watched on duty only, said at the right rate, kept while nobody hears it. */
import { type Api, Refusal, ok, serverNow } from '@pingan/api'
import type { Fix, FixOutcome, Live } from '@pingan/live'
import { type InjectionKey, type Ref, inject, ref, shallowRef } from 'vue'
import type { Store } from '../outbox/store'
import { add, next, without } from './buffer'
import { type Place, interval_ms, speed } from './rate'

/** `denied`: the person or the system forbids it. `lost`: allowed, but no fix comes. */
export type Sensor = 'off' | 'asking' | 'good' | 'inexact' | 'denied' | 'lost' | 'missing'

export interface PositionState {
  sensor: Ref<Sensor>
  /** The last fix, its time on the server's clock. */
  place: Ref<Place | null>
  /** Fixes that the server has not confirmed. */
  waiting: Ref<number>
  /** The server's instant of the last confirmed fix. */
  confirmed_at: Ref<string | null>
  battery_pct: Ref<number | null>
  /** The server says that the last places cannot be true. */
  suspect: Ref<boolean>
  /** `since_ms`: the server's instant when duty began; where he was before stays with him. */
  watch(account_id: string, since_ms: number): void
  stop(): void
  /** An order makes it faster. */
  hasten(onOrder: boolean): void
  flush(): Promise<void>
  /** Where he is now, asked once, on duty or off it, and not kept; null when the sensor does not say so in time. */
  locate(within_ms: number): Promise<{ lon: number; lat: number } | null>
  /** Called when the server says that he is off duty. */
  onOffDuty(listener: () => void): () => void
}

interface BatteryLike extends EventTarget {
  level: number
}

const KEPT = 'fixes'
const GIVE_UP_MS = 60_000
const INEXACT_M = 100

export function createPosition(api: Api, live: Live, store: Store): PositionState {
  const sensor = ref<Sensor>('off')
  const place = shallowRef<Place | null>(null)
  const waiting = ref(0)
  const confirmed_at = ref<string | null>(null)
  const battery_pct = ref<number | null>(null)
  const suspect = ref(false)

  const offDutyListeners = new Set<() => void>()
  let account: string | null = null
  let from_ms = 0
  let watcher: number | null = null
  let timer: ReturnType<typeof setInterval> | null = null
  let buffer: Fix[] = []
  let onOrder = false
  let speed_mps: number | null = null
  let said_ms = 0
  let looked_ms = 0
  let sending = false

  function hasSensor(): boolean {
    return 'geolocation' in navigator && window.isSecureContext
  }

  function take(found: GeolocationPosition): void {
    if (account === null) return
    const { longitude, latitude, accuracy, speed: said, heading } = found.coords
    const now_ms = serverNow()
    // the phone's clock may be wrong by hours; the age of the fix is not
    const at_ms = Math.min(now_ms, found.timestamp + (now_ms - Date.now()))
    const here: Place = { lon: longitude, lat: latitude, accuracy_m: accuracy, at_ms }
    if (at_ms < from_ms) {
      // look again at once, or he would be nowhere for the next minute
      looked_ms = 0
      return
    }
    if (place.value && at_ms < place.value.at_ms) return
    speed_mps = speed(place.value, here, said)
    place.value = here
    sensor.value = accuracy > INEXACT_M ? 'inexact' : 'good'
    if (at_ms - said_ms < interval_ms({ speed_mps, onOrder }) - 250) return
    said_ms = at_ms
    const fix: Fix = {
      captured_at: new Date(at_ms).toISOString(),
      position: { lon: longitude, lat: latitude, crs: 'wgs84' },
      accuracy_m: Math.min(accuracy, 1_000_000),
      speed_mps: said === null || !(said >= 0) ? null : Math.min(said, 1000),
      heading_deg: heading === null || !(heading >= 0 && heading <= 360) ? null : heading,
      battery_pct: battery_pct.value,
    }
    buffer = add(buffer, fix, now_ms)
    waiting.value = buffer.length
    void flush()
  }

  function fail(error: GeolocationPositionError): void {
    if (account === null) return
    if (error.code === error.PERMISSION_DENIED) sensor.value = 'denied'
    // one try that took too long says nothing while the last fix is young
    else if (!place.value || serverNow() - place.value.at_ms > GIVE_UP_MS) sensor.value = 'lost'
  }

  /** A phone that lies still gets no news from its watch: ask, so that its place does not grow old. */
  function tick(): void {
    const due_ms = interval_ms({ speed_mps, onOrder })
    const age_ms = serverNow() - (place.value?.at_ms ?? 0)
    if (age_ms >= due_ms && Date.now() - looked_ms >= Math.min(due_ms, 20_000) && document.visibilityState === 'visible') {
      looked_ms = Date.now()
      navigator.geolocation.getCurrentPosition(take, fail, { enableHighAccuracy: true, maximumAge: 0, timeout: 15_000 })
    }
    if (buffer.length && !sending) void flush()
  }

  async function flush(): Promise<void> {
    if (sending || account === null || !buffer.length) return
    sending = true
    const mine = account
    const batch = next(buffer)
    try {
      const outcomes = live.status.value === 'live' ? await live.sendFixes(batch) : await post(batch)
      if (account !== mine) return
      buffer = without(buffer, batch)
      const last = outcomes[outcomes.length - 1]
      suspect.value = last?.outcome === 'suspect'
      const isTaken = outcomes.some(({ outcome }) => outcome === 'stored' || outcome === 'duplicate')
      if (isTaken) confirmed_at.value = batch[batch.length - 1]!.captured_at
      else said_ms = looked_ms = 0
      if (outcomes.some(({ code }) => code === 'off-duty')) for (const listener of offDutyListeners) listener()
    } catch {
      // kept, and sent again with the next one
      if (account === mine) void store.keep(KEPT, mine, buffer)
    } finally {
      sending = false
      waiting.value = buffer.length
      if (account !== null && !buffer.length) void store.keep(KEPT, account, [])
    }
  }

  async function post(fixes: Fix[]): Promise<FixOutcome[]> {
    try {
      const { items } = await ok(api.POST('/api/v1/positions', { body: { fixes } as never }))
      return items.map(({ outcome, code }) => ({ outcome, ...(code ? { code } : {}) }))
    } catch (error) {
      // refused for good: sending them again would be refused again
      if (error instanceof Refusal && error.status < 500 && ![401, 408, 425, 429].includes(error.status)) return fixes.map(() => ({ outcome: 'refused' as const, code: error.slug }))
      throw error
    }
  }

  async function readBattery(): Promise<void> {
    const get = (navigator as { getBattery?: () => Promise<BatteryLike> }).getBattery
    if (!get) return
    const battery = await get.call(navigator).catch(() => null)
    if (!battery) return
    const note = (): void => {
      battery_pct.value = Math.round(battery.level * 100)
    }
    note()
    battery.addEventListener('levelchange', note)
  }

  document.addEventListener('visibilitychange', () => {
    if (account === null || document.visibilityState !== 'visible') return
    // the system may have put the watch to sleep
    looked_ms = 0
    rewatch()
    tick()
  })

  function rewatch(): void {
    if (watcher !== null) navigator.geolocation.clearWatch(watcher)
    watcher = navigator.geolocation.watchPosition(take, fail, { enableHighAccuracy: true, maximumAge: 1_000, timeout: 30_000 })
  }

  return {
    sensor, place, waiting, confirmed_at, battery_pct, suspect, flush,
    locate(within_ms) {
      if (!hasSensor()) return Promise.resolve(null)
      return new Promise((tell) => {
        // the sensor's own limit does not run while the person is being asked for his permission
        setTimeout(() => tell(null), within_ms)
        navigator.geolocation.getCurrentPosition(
          ({ coords }) => tell({ lon: coords.longitude, lat: coords.latitude }),
          () => tell(null),
          { enableHighAccuracy: true, maximumAge: 10_000, timeout: within_ms },
        )
      })
    },
    onOffDuty(listener) {
      offDutyListeners.add(listener)
      return () => offDutyListeners.delete(listener)
    },
    watch(account_id, since_ms) {
      from_ms = since_ms
      if (account === account_id) return
      account = account_id
      if (!hasSensor()) {
        sensor.value = 'missing'
        return
      }
      sensor.value = 'asking'
      if (battery_pct.value === null) void readBattery()
      void store.read<Fix[]>(KEPT, account_id).then((kept) => {
        if (kept?.length && account === account_id) buffer = [...kept, ...buffer]
        waiting.value = buffer.length
      })
      rewatch()
      timer = setInterval(tick, 1_000)
    },
    stop() {
      if (watcher !== null) navigator.geolocation.clearWatch(watcher)
      if (timer) clearInterval(timer)
      const mine = account
      watcher = timer = account = null
      // off duty: nothing of where he was stays on the phone
      buffer = []
      place.value = null
      confirmed_at.value = null
      waiting.value = 0
      suspect.value = false
      sensor.value = 'off'
      if (mine !== null) void store.keep(KEPT, mine, [])
    },
    hasten(now) {
      onOrder = now
    },
  }
}

export const POSITION: InjectionKey<PositionState> = Symbol('position')

export function usePosition(): PositionState {
  const position = inject(POSITION)
  if (!position) throw new Error('no position was provided')
  return position
}
