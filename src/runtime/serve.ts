// Asks one stage of a visit for its answer: sends the request to the script's socket and tells what came of it.
//
// workerd marks what it could not answer by nothing but a bare 500; everything a script answers has more fields than that.

import type { Visit } from './contract.ts'

export type StageRequest = {
  readonly socket: string
  readonly method: string
  /** Absolute; its scheme is in the fields. */
  readonly url: string
  readonly headers: Headers
  readonly body: ReadableStream<Uint8Array> | null
  readonly signal: AbortSignal
}

export type StageAnswer =
  | { readonly kind: 'answered'; readonly response: Response }
  /** The script threw, or will never answer. */
  | { readonly kind: 'threw' }
  /** The process went away before the head of an answer. */
  | { readonly kind: 'lost'; readonly cause: unknown }
  /** Nothing came for so long that nothing will. */
  | { readonly kind: 'overdue' }
  /** The visitor is gone. */
  | { readonly kind: 'gone' }

/** A script may wait this long before its answer begins: as long as an origin server, and a little. */
const HEAD_LIMIT_MILLIS = 110_000

/** The runtime's `fetch`, with connections of its own. */
export type SessionFetch = (url: string, init: BunFetchRequestInit & { readonly timeout: false }) => Promise<Response>

/** Asks once; never rejects. */
export async function askStage(send: SessionFetch, request: StageRequest): Promise<StageAnswer> {
  const { socket, method, url, headers, body, signal } = request
  const abort = new AbortController()
  let isOverdue = false
  const timer = setTimeout(() => {
    isOverdue = true
    abort.abort()
  }, HEAD_LIMIT_MILLIS)
  const leave = (): void => abort.abort()
  if (signal.aborted) leave()
  else signal.addEventListener('abort', leave)
  try {
    const response = await send(url, {
      ...{ unix: socket, method, headers, body, signal: abort.signal },
      ...{ redirect: 'manual', decompress: false, timeout: false },
    })
    return isBareFailure(response) ? { kind: 'threw' } : { kind: 'answered', response }
  } catch (cause) {
    signal.removeEventListener('abort', leave)
    if (isOverdue) return { kind: 'overdue' }
    return signal.aborted ? { kind: 'gone' } : { kind: 'lost', cause }
  } finally {
    clearTimeout(timer)
  }
}

/** `Internal Server Error`, by its length: the body is not read for it. */
const BARE_LENGTH = '21'

/** Whether an answer is workerd's own for an exception: 500 with a length, the end of the connection, and no field else. */
export function isBareFailure({ status, headers }: Pick<Response, 'status' | 'headers'>): boolean {
  if (status !== 500 || headers.get('content-length') !== BARE_LENGTH) return false
  for (const name of headers.keys()) if (name !== 'content-length' && name !== 'connection') return false
  return true
}

/** The URL that a stage is asked for: workerd reads scheme and host from fields. */
export function stageUrl({ url }: Pick<Visit, 'url'>): string {
  return url.startsWith('https://') ? `http://${url.slice('https://'.length)}` : url
}
