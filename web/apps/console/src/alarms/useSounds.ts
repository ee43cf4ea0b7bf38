/** Two sounds, made here: a call and an alarm. Browsers are silent until the first click or key; that is said. */
import { ref } from 'vue'

const KEY = 'pingan.console.muted'
let context: AudioContext | null = null

export const unlocked = ref(false)
export const muted = ref(localStorage.getItem(KEY) === '1')

export function setMuted(to: boolean): void {
  muted.value = to
  localStorage.setItem(KEY, to ? '1' : '0')
}

function unlock(): void {
  context ??= new AudioContext()
  void context.resume().then(() => {
    unlocked.value = context?.state === 'running'
    if (unlocked.value) for (const event of ['pointerdown', 'keydown']) window.removeEventListener(event, unlock)
  })
}

export function listenForFirstTouch(): void {
  for (const event of ['pointerdown', 'keydown']) window.addEventListener(event, unlock)
}

/** Tones as [hertz, start s, length s]. */
const SCORES: Record<'call' | 'alarm', [number, number, number][]> = {
  call: [[880, 0, 0.18], [1174, 0.2, 0.32]],
  alarm: [[740, 0, 0.22], [520, 0.24, 0.22], [740, 0.48, 0.22], [520, 0.72, 0.3]],
}

export function play(score: 'call' | 'alarm'): void {
  if (muted.value || context?.state !== 'running') return
  for (const [hertz, at_s, length_s] of SCORES[score]) {
    const tone = context.createOscillator()
    const gain = context.createGain()
    const begin = context.currentTime + at_s
    tone.frequency.value = hertz
    tone.type = 'triangle'
    gain.gain.setValueAtTime(0, begin)
    gain.gain.linearRampToValueAtTime(0.35, begin + 0.02)
    gain.gain.linearRampToValueAtTime(0, begin + length_s)
    tone.connect(gain).connect(context.destination)
    tone.start(begin)
    tone.stop(begin + length_s)
  }
}
