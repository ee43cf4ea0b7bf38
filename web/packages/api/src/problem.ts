/** What can go wrong with a request: the server refuses (a problem), or it was not reached. */
import type { components } from './schema'

export type ProblemBody = components['schemas']['Problem']
export type Fault = components['schemas']['FaultOut']

const PREFIX = /^.*\/problems\//

/** The server has answered and refused. */
export class Refusal extends Error {
  readonly slug: string
  readonly status: number
  readonly title: string
  readonly hint: string
  readonly faults: Fault[]
  readonly instance: string
  /** Members beside those of every problem, for example `retry_after_s`. */
  readonly extra: Record<string, unknown>

  constructor(body: ProblemBody & Record<string, unknown>) {
    super(body.detail || body.title)
    this.name = 'Refusal'
    const { type, title, status, hint, errors, instance, detail: _, ...extra } = body
    this.slug = type.replace(PREFIX, '')
    this.status = status
    this.title = title
    this.hint = hint
    this.faults = errors ?? []
    this.instance = instance
    this.extra = extra
  }
}

/** Nobody has answered: whether a command was carried out is unknown until it is sent again with the same key. */
export class Unreachable extends Error {
  constructor() {
    super('The server was not reached.')
    this.name = 'Unreachable'
  }
}

/** A refusal out of any answer that is not a success, also of a proxy that speaks no problem+json. */
export async function readRefusal(response: Response): Promise<Refusal> {
  let body: unknown = null
  try {
    body = await response.clone().json()
  } catch {
    // not ours: explained by its status below
  }
  return toRefusal(body, response.status)
}

export function toRefusal(body: unknown, status: number): Refusal {
  if (isProblem(body)) return new Refusal(body)
  return new Refusal({
    type: `https://pingan.invalid/problems/http-${status}`,
    title: status >= 500 ? '服务暂时不可用' : '请求未被接受',
    status,
    detail: `The server answered ${status}.`,
    hint: '请稍后重试；紧急情况请用电台或电话联系。',
    instance: '',
    errors: [],
  })
}

function isProblem(body: unknown): body is ProblemBody & Record<string, unknown> {
  return typeof body === 'object' && body !== null && 'type' in body && 'title' in body && 'hint' in body
}

export interface Explanation {
  title: string
  hint: string
  faults: string[]
}

/** What a person reads. The server writes Chinese titles and hints; its English sentence stands in for the title. */
export function explain(error: unknown, locale: string): Explanation {
  const english = locale.startsWith('en')
  if (error instanceof Refusal) {
    return {
      title: english ? error.message : error.title,
      hint: english ? `Code: ${error.slug}` : error.hint,
      faults: error.faults.map((fault) => (english ? `${fault.pointer}: ${fault.code}` : fault.message)),
    }
  }
  if (error instanceof Unreachable) {
    return english
      ? { title: 'No connection to the server', hint: 'Nothing is lost: press again when the connection is back.', faults: [] }
      : { title: '无法连接服务器', hint: '内容未丢失，网络恢复后请再次提交，系统会识别重复。', faults: [] }
  }
  return english
    ? { title: 'This page has failed', hint: 'Load it again; if it goes on, report the time.', faults: [] }
    : { title: '页面出现故障', hint: '请刷新页面；仍有问题请报告发生时间。', faults: [] }
}
