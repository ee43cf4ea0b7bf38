/** The noise that an order makes until somebody has looked, and the lit screen. */
import { type Ref, ref } from 'vue'

export interface Alert {
  /** False until the first tap: browsers let no page sound before that, and the screen must say so. */
  unlocked: Ref<boolean>
  ringing: Ref<boolean>
  /** Whether the screen is kept lit; null: this browser cannot. */
  awake: Ref<boolean | null>
  ring(): void
  hush(): void
  /** A short one: something was told, nothing is asked. */
  chime(): void
  keepAwake(on: boolean): void
}

interface Lock {
  release(): Promise<void>
  addEventListener(type: 'release', listener: () => void): void
}
type WakeLocks = { request(type: 'screen'): Promise<Lock> }

const TURN_MS = 1_600
/** Two tones a fourth apart are heard through street noise where one is not. */
const TONES = [880, 1_174, 880, 1_174]

export function createAlert(): Alert {
  const unlocked = ref(false)
  const ringing = ref(false)
  const wakeLocks = (navigator as unknown as { wakeLock?: WakeLocks }).wakeLock
  const awake = ref<boolean | null>(wakeLocks ? false : null)
  let audio: AudioContext | null = null
  let timer: ReturnType<typeof setInterval> | null = null
  let lock: Lock | null = null
  let wanted = false

  function unlock(): void {
    const Make = window.AudioContext ?? (window as unknown as { webkitAudioContext?: typeof AudioContext }).webkitAudioContext
    if (!Make) return
    audio ??= new Make()
    void audio.resume().then(() => {
      unlocked.value = audio?.state === 'running'
    })
  }

  for (const event of ['pointerup', 'keydown'] as const) window.addEventListener(event, unlock, { capture: true, passive: true })

  function sound(tones: number[], loud: number): void {
    if (!audio || audio.state !== 'running') return
    const start = audio.currentTime + 0.02
    tones.forEach((hertz, n) => {
      const tone = audio!.createOscillator()
      const gain = audio!.createGain()
      const at = start + n * 0.22
      tone.type = 'square'
      tone.frequency.value = hertz
      gain.gain.setValueAtTime(0.0001, at)
      gain.gain.exponentialRampToValueAtTime(loud, at + 0.02)
      gain.gain.exponentialRampToValueAtTime(0.0001, at + 0.2)
      tone.connect(gain).connect(audio!.destination)
      tone.start(at)
      tone.stop(at + 0.21)
    })
  }

  function shake(pattern: number[]): void {
    // refused without a tap before; that is what `unlocked` tells
    if ('vibrate' in navigator && unlocked.value) navigator.vibrate(pattern)
  }

  function turn(): void {
    sound(TONES, 0.5)
    shake([400, 150, 400, 150])
  }

  async function hold(): Promise<void> {
    if (!wanted || lock || !wakeLocks || document.visibilityState !== 'visible') return
    try {
      lock = await wakeLocks.request('screen')
      awake.value = true
      lock.addEventListener('release', () => {
        lock = null
        awake.value = false
      })
    } catch {
      // a low battery forbids it
      awake.value = false
    }
  }

  document.addEventListener('visibilitychange', () => void hold())

  return {
    unlocked, ringing, awake,
    ring() {
      if (ringing.value) return
      ringing.value = true
      turn()
      timer = setInterval(turn, TURN_MS)
    },
    hush() {
      if (!ringing.value) return
      ringing.value = false
      if (timer) clearInterval(timer)
      shake([0])
    },
    chime() {
      sound([1_174, 880], 0.3)
      shake([200])
    },
    keepAwake(on) {
      wanted = on
      if (on) void hold()
      else void lock?.release()
    },
  }
}
