/** What MapLibre takes for granted and a browser of 2020 lacks; for the page and, in `maplibre-gl-worker.ts`, for its worker. */

function at(this: ArrayLike<unknown>, index: number): unknown {
  const n = Math.trunc(index) || 0
  return this[n < 0 ? this.length + n : n]
}

export function mend(objects: object, prototypes: object[]): void {
  const give = (to: object, name: string, value: unknown): void => {
    if (!(name in to)) Object.defineProperty(to, name, { value, configurable: true, writable: true })
  }
  give(objects, 'hasOwn', (thing: object, key: PropertyKey) => Object.prototype.hasOwnProperty.call(thing, key))
  for (const prototype of prototypes) give(prototype, 'at', at)
}

mend(Object, [Array.prototype, String.prototype, Object.getPrototypeOf(Uint8Array.prototype) as object])
