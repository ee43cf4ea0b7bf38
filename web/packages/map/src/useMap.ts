/** The map that a MapView gives down, and layers that live as long as their component. The map is never reactive. */
import type { GeoJSONSource, LayerSpecification, Map as MapLibre, MapLayerMouseEvent } from 'maplibre-gl'
import { type InjectionKey, type Ref, inject, onBeforeUnmount, watch } from 'vue'
import { type Datum, type Lonlat, fromMap, shift, toMap } from './raster'

export interface MapHandle {
  map: MapLibre
  datum: Datum
  /** Ticks whenever the style was set anew (light, dark): layers put themselves back. */
  styled: Ref<number>
}

export const MAP: InjectionKey<MapHandle> = Symbol('map')

export function useMap(): MapHandle & { toMap(at: Lonlat): Lonlat; fromMap(at: Lonlat): Lonlat } {
  const handle = inject(MAP)
  if (!handle) throw new Error('no map was provided: use this inside a MapView')
  return { ...handle, toMap: (at) => toMap(at, handle.datum), fromMap: (at) => fromMap(at, handle.datum) }
}

type Options = Partial<{ cluster: boolean; clusterRadius: number; clusterMaxZoom: number; clusterProperties: Record<string, unknown>; promoteId: string }>

export interface SourceHandle {
  /** Replace what is drawn; WGS-84, shifted here where the map needs it. */
  set(features: GeoJSON.FeatureCollection): void
  /** Up to which zoom what lies close together is gathered; of sources with `cluster`. */
  gather(maxZoom: number): void
}

/** A GeoJSON source and its layers (without `source`), as long as the component is there. `before`: below that layer. */
export function useMapLayers(id: string, layers: () => Omit<LayerSpecification, 'source'>[], options: Options = {}, before?: string): SourceHandle {
  const { map, datum, styled } = useMap()
  let features: GeoJSON.FeatureCollection = { type: 'FeatureCollection', features: [] }
  let names: string[] = []

  function add(): void {
    if (map.getSource(id)) return
    map.addSource(id, { type: 'geojson', data: features, ...options } as never)
    names = layers().map((layer) => layer.id)
    for (const layer of layers()) map.addLayer({ ...layer, source: id } as LayerSpecification, before && map.getLayer(before) ? before : undefined)
  }

  function remove(): void {
    // the map may be gone already when a whole page goes
    if (!map.style) return
    for (const name of names) if (map.getLayer(name)) map.removeLayer(name)
    if (map.getSource(id)) map.removeSource(id)
  }

  watch(styled, add, { immediate: true, flush: 'sync' })
  onBeforeUnmount(remove)

  return {
    set(next) {
      features = shift(next, datum)
      map.getSource<GeoJSONSource>(id)?.setData(features)
    },
    gather(maxZoom) {
      if (options.clusterMaxZoom === maxZoom) return
      options.clusterMaxZoom = maxZoom
      void map.getSource<GeoJSONSource>(id)?.setClusterOptions({ cluster: true, clusterMaxZoom: maxZoom })
    },
  }
}

/** Clicks on features of a layer, with a hand as the cursor, as long as the component is there. */
export function useFeatureClick(layer: string, act: (properties: Record<string, unknown>, event: MapLayerMouseEvent) => void): void {
  const { map } = useMap()
  const click = (event: MapLayerMouseEvent): void => {
    const feature = event.features?.[0]
    if (feature) {
      event.preventDefault()
      act(feature.properties ?? {}, event)
    }
  }
  const over = (): void => {
    map.getCanvas().style.cursor = 'pointer'
  }
  const out = (): void => {
    map.getCanvas().style.cursor = ''
  }
  map.on('click', layer, click)
  map.on('mouseenter', layer, over)
  map.on('mouseleave', layer, out)
  onBeforeUnmount(() => {
    map.off('click', layer, click)
    map.off('mouseenter', layer, over)
    map.off('mouseleave', layer, out)
  })
}
