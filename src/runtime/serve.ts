// Asks one stage of a visit for its answer: sends the request to the script's socket and tells what came of it.
//
// workerd marks what it could not answer by nothing but a bare 500; everything a script answers has more fields than that.

import { millis } from '../base/index.ts'
import { splitTarget } from '../http/index.ts'
import { BrokenOff } from './wire/broken-off.ts'
import { isSendable } from './wire/head.ts'
import type { Wire } from './wire/wire.ts'

export type StageRequest = {
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
export const HEAD_LIMIT = millis(110_000)

/** Asks once, at the path of a socket; never rejects. */
export async function askStage(wire: Wire, socket: string, request: StageRequest): Promise<StageAnswer> {
  const { method, url, headers, body, signal } = request
  const target = targetOf(url)
  try {
    const response = await wire.send(socket, { method, target, headers, body, signal })
    return isBareFailure(response) ? { kind: 'threw' } : { kind: 'answered', response }
  } catch (cause) {
    if (cause instanceof BrokenOff && cause.loss === 'overdue') return { kind: 'overdue' }
    return signal.aborted ? { kind: 'gone' } : { kind: 'lost', cause }
  }
}

/** What workerd is asked for: it has scheme and host from fields.  Rules may have written what a request line cannot hold. */
function targetOf(url: string): string {
  const { path, query } = splitTarget(url)
  const target = path + query
  if (isSendable(target)) return target
  const { pathname, search } = new URL(`http://worker.invalid${target}`)
  return pathname + search
}

/** `Internal Server Error`, by its length: the body is not read for it. */
const BARE_LENGTH = '21'

/** Whether an answer is workerd's own for an exception: 500 with a length, the end of the connection, and no field else. */
export function isBareFailure({ status, headers }: Pick<Response, 'status' | 'headers'>): boolean {
  if (status !== 500 || headers.get('content-length') !== BARE_LENGTH) return false
  for (const name of headers.keys()) if (name !== 'content-length' && name !== 'connection') return false
  return true
}
