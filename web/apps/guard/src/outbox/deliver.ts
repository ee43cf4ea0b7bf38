/** One try to hand one thing over: done with its answer, refused, or nobody there. */
import { Refusal, Unreachable, readRefusal, toRefusal } from '@pingan/api'
import type { Account } from '@pingan/ui'
import type { Item } from './outbox'

const LIMIT_MS = 20_000
/** A picture over a bad connection may take long; what does not move at all is given up. */
const FILE_LIMIT_MS = 120_000

export type Answer = { kind: 'done'; data: unknown } | { kind: 'refused'; refusal: Refusal } | { kind: 'unreached'; wish_ms: number }

export async function deliver(account: Account, item: Item, onProgress: (part: number) => void): Promise<Answer> {
  try {
    const data = item.file ? await upload(account, item, item.file, onProgress) : await send(account, item)
    return { kind: 'done', data }
  } catch (error) {
    if (error instanceof Refusal && !isPassing(error)) return { kind: 'refused', refusal: error }
    const wish = error instanceof Refusal ? Number(error.extra['retry_after_s'] ?? 0) * 1000 : 0
    return { kind: 'unreached', wish_ms: wish }
  }
}

/** Not the last word: the server is busy or in trouble, or the login has to be renewed. */
export function isPassing(refusal: Refusal): boolean {
  return refusal.status >= 500 || [401, 408, 425, 429].includes(refusal.status) || refusal.slug === 'request-in-progress'
}

async function send(account: Account, item: Item): Promise<unknown> {
  const abort = new AbortController()
  const timer = setTimeout(() => abort.abort(), LIMIT_MS)
  try {
    const headers: Record<string, string> = { 'Idempotency-Key': item.id, ...item.headers }
    if (item.body !== undefined) headers['content-type'] = 'application/json'
    const body = item.body === undefined ? null : JSON.stringify(item.body)
    const response = await account.send(new Request(location.origin + item.path, { method: item.method, headers, body, signal: abort.signal }))
    if (!response.ok) throw await readRefusal(response)
    return response.status === 204 ? null : await response.json()
  } finally {
    clearTimeout(timer)
  }
}

/** `fetch` does not say how much of a body has gone; a person who waits for a photo wants to see it. */
async function upload(account: Account, item: Item, file: Blob, onProgress: (part: number) => void): Promise<unknown> {
  const token = await account.token()
  const form = new FormData()
  form.append('file', file, 'photo.jpg')
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest()
    request.open(item.method, item.path)
    request.setRequestHeader('Idempotency-Key', item.id)
    if (token) request.setRequestHeader('Authorization', `Bearer ${token}`)
    request.timeout = FILE_LIMIT_MS
    request.upload.onprogress = (event) => event.lengthComputable && onProgress(event.loaded / event.total)
    request.onerror = request.ontimeout = request.onabort = () => reject(new Unreachable())
    request.onload = () => {
      let answer: unknown = null
      try {
        answer = JSON.parse(request.responseText)
      } catch {
        // explained by its status
      }
      if (request.status >= 200 && request.status < 300) resolve(answer)
      else reject(toRefusal(answer, request.status))
    }
    request.send(form)
  })
}
