/** An area that is drawn or redrawn: its outline with every step back, and what the server says of it meanwhile. */
import { type Schemas, ok } from '@pingan/api'
import { useApi, useLoad } from '@pingan/ui'
import { computed, onScopeDispose, ref, shallowRef, watch } from 'vue'
import { type Corner, type Shape, appended, isWhole, squeezed, toGeometry } from './outline'

export type Area = Schemas['api__areas__schemas__AreaOut']
export type Kind = Area['kind']
/** Nothing of it is in force yet. */
export interface Draft {
  /** The area that is redrawn; null: a new one. */
  area: Area | null
  kind: Kind
  stationId: string | null
}

/** While a corner is dragged nobody asks. */
const SETTLED_MS = 350

export function useSketch() {
  const api = useApi()
  const draft = shallowRef<Draft | null>(null)
  const name = ref('')
  const shape = shallowRef<Shape>([])
  /** Whether a click on the map adds a corner. */
  const adding = ref(false)
  const past = shallowRef<Shape[]>([])
  const ahead = shallowRef<Shape[]>([])
  let timer: ReturnType<typeof setTimeout> | undefined

  const look = useLoad(() => {
    const { kind, area } = draft.value ?? { kind: 'beat' as const, area: null }
    return ok(api.POST('/api/v1/areas/preview', { body: { kind, geometry: toGeometry(shape.value), area_id: area?.id ?? null } }))
  })

  function begin(next: Draft, from: Shape, called: string): void {
    draft.value = next
    name.value = called
    past.value = []
    ahead.value = []
    adding.value = next.area === null
    shape.value = from
  }

  function put(next: Shape): void {
    past.value = [...past.value, shape.value]
    ahead.value = []
    shape.value = next
  }

  /** Of a new one the next in turn; of one that was there already at the nearest side. */
  function add(corner: Corner): void {
    put(draft.value?.area && isWhole(shape.value) ? squeezed(shape.value, corner) : appended(shape.value, corner))
  }

  function step(back: boolean): void {
    const [source, target] = back ? [past, ahead] : [ahead, past]
    const next = source.value[source.value.length - 1]
    if (!next) return
    source.value = source.value.slice(0, -1)
    target.value = [...target.value, shape.value]
    shape.value = next
  }

  watch([shape, draft], () => {
    clearTimeout(timer)
    look.data.value = null
    look.problem.value = null
    if (draft.value && isWhole(shape.value)) timer = setTimeout(() => void look.load(), SETTLED_MS)
  })
  onScopeDispose(() => clearTimeout(timer))

  return {
    draft,
    name,
    shape,
    look,
    adding,
    begin,
    put,
    add,
    end: () => {
      draft.value = null
    },
    undo: () => step(true),
    redo: () => step(false),
    mayUndo: computed(() => past.value.length > 0),
    mayRedo: computed(() => ahead.value.length > 0),
    isChanged: computed(() => past.value.length > 0 || name.value.trim() !== (draft.value?.area?.name ?? '')),
  }
}

export type Sketch = ReturnType<typeof useSketch>
