/** A file of the server, saved under the name that the server gives it. */
import { ok } from '@pingan/api'
import { type Action, useAccount, useAction } from '@pingan/ui'

const KEPT_MS = 60_000

/** `path` begins with `/api/`. A refusal is in `problem`, as with every other button. */
export function useDownload(): Action<[path: string, name: string], true> {
  const account = useAccount()
  return useAction(async (_key, path: string, name: string) => {
    const answer = await account.send(new Request(new URL(path, location.origin)))
    if (!answer.ok) await ok(Promise.resolve({ response: answer }))
    save(await answer.blob(), /filename="([^"]+)"/.exec(answer.headers.get('Content-Disposition') ?? '')?.[1] ?? name)
    return true as const
  })
}

export function save(content: Blob, name: string): void {
  const url = URL.createObjectURL(content)
  Object.assign(document.createElement('a'), { href: url, download: name }).click()
  setTimeout(() => URL.revokeObjectURL(url), KEPT_MS)
}
