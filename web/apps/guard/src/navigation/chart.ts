/** The map where the phone can draw it and its parts can be had; else the sketch that takes its place. */
import { type Component, defineAsyncComponent } from 'vue'

const WAIT_MS = 12_000
let drawable: boolean | null = null

/** The map is drawn by WebGL 2 and by nothing else. */
export function canDraw(): boolean {
  if (drawable === null) {
    const drawing = document.createElement('canvas').getContext('webgl2')
    drawable = drawing !== null
    drawing?.getExtension('WEBGL_lose_context')?.loseContext()
  }
  return drawable
}

/** `map` is loaded when it is first wanted; `sketch` gets the same attributes. */
export function chartOf(map: () => Promise<{ default: Component }>, sketch: Component): Component {
  return defineAsyncComponent({
    loader: () => (canDraw() ? map() : Promise.resolve(sketch)),
    errorComponent: sketch,
    timeout: WAIT_MS,
    onError: (_error, _retry, fail) => fail(),
  })
}
