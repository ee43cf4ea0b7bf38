/** MapLibre's worker, with what an older browser lacks before it. The file's name tells the service worker what it is. */
import './older'
// @ts-expect-error the package describes only its page's part
import MapWorker from 'maplibre-gl/dist/maplibre-gl-worker.mjs'

// it begins by itself; but it is marked as having no effects, and would be left out if nobody named its class
Object.assign(self, { MapWorker: MapWorker as unknown })
