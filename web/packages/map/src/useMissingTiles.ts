/** Parts of the ground that did not come. MapLibre asks for each once; here they are asked for again until they are there. */
import { useIntervalFn } from '@vueuse/core'
import type { Map as MapLibre, Tile } from 'maplibre-gl'
import { type Ref, onBeforeUnmount, ref } from 'vue'

const AGAIN_MS = 5_000

interface Missing {
  some: Ref<boolean>
  watch(map: MapLibre): void
}

export function useMissingTiles(): Missing {
  const some = ref(false)
  /** By source, the tiles as `z/x/y`. */
  const missing = new Map<string, Set<string>>()
  let map: MapLibre | null = null

  function ask(): void {
    if (!map?.style || !missing.size || !navigator.onLine) return
    for (const [source, tiles] of missing) {
      const ids = [...tiles].map((tile) => tile.split('/').map(Number) as [number, number, number])
      if (map.getSource(source)) map.refreshTiles(source, ids.map(([z, x, y]) => ({ z, x, y })))
    }
    // those that fail again come back by themselves
    missing.clear()
    some.value = false
  }

  useIntervalFn(ask, AGAIN_MS)
  window.addEventListener('online', ask)
  onBeforeUnmount(() => window.removeEventListener('online', ask))

  return {
    some,
    watch(of) {
      map = of
      // whoever listens is told, and MapLibre itself writes nothing into the console
      map.on('error', (event) => {
        const { tile, sourceId, error } = event as typeof event & { tile?: Tile; sourceId?: string }
        if (!tile || !sourceId) return console.error(error)
        const { z, x, y } = tile.tileID.canonical
        missing.set(sourceId, (missing.get(sourceId) ?? new Set()).add(`${z}/${x}/${y}`))
        some.value = true
      })
    },
  }
}
