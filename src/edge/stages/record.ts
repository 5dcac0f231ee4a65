// One access record for each exchange, with every decision's sentence.
//
// The record of a response whose length is known is written when its head goes out, with that length; of any other when
// its last byte was taken, or its client left.

import type { AccessRecord } from '../../base/index.ts'
import { cacheStatusName } from '../../cache/index.ts'
import { debugStatus } from '../debug-status.ts'
import type { EdgeServices } from '../edge.ts'
import type { Exchange } from '../exchange.ts'
import type { EdgeResponse } from '../response.ts'

/** The client's response, with its record on the way. */
export function record(
  exchange: Exchange,
  response: EdgeResponse,
  clientResponse: Response,
  edge: EdgeServices,
): Response {
  if (edge.debugHeaders) clientResponse.headers.append('cache-status', debugStatus(exchange, response, edge))
  if (!edge.accessLog) return clientResponse
  const cacheStatus = cacheStatusOf(response)
  const write = (bytes: number): void =>
    edge.events({ kind: 'access', record: accessRecord(exchange, clientResponse.status, cacheStatus, bytes, edge) })
  // A length first: asking for the body makes a stream of one that the runtime would pass on by itself.
  const length = clientResponse.headers.get('content-length') ?? (clientResponse.body === null ? '0' : null)
  if (length !== null) {
    write(exchange.method === 'HEAD' ? 0 : Number(length))
    return clientResponse
  }
  const { status, headers, body } = clientResponse
  return new Response(body === null ? null : counted(body, write), { status, headers })
}

/** CF cache/concepts/cache-responses: what was answered before the cache has none, a Worker's answer among it. */
function cacheStatusOf(response: EdgeResponse): string {
  if (response.kind === 'made' || response.kind === 'scripted') return 'none'
  return cacheStatusName(response.outcome).toLowerCase()
}

function accessRecord(
  exchange: Exchange,
  status: number,
  cacheStatus: string,
  bytes: number,
  { clock }: EdgeServices,
): AccessRecord {
  const { ray, receivedAt, peer, method, clientRequest, trail, originMillis } = exchange
  const durationMillis = clock.now() - receivedAt
  return {
    ...{ ray, at: receivedAt, client: peer, method, url: clientRequest.url, status, cacheStatus },
    ...{ why: trail, bytes, durationMillis, originMillis },
  }
}

/** The same stream; `done` learns once how many bytes were taken. */
function counted(body: ReadableStream<Uint8Array>, done: (bytes: number) => void): ReadableStream<Uint8Array> {
  const reader = body.getReader()
  let taken = 0
  return new ReadableStream<Uint8Array>({
    pull: async (controller) => {
      try {
        const piece = await reader.read()
        if (!piece.done) {
          taken += piece.value.byteLength
          controller.enqueue(piece.value)
          return
        }
        controller.close()
      } catch (cause) {
        controller.error(cause)
      }
      done(taken)
    },
    cancel: (reason) => {
      done(taken)
      return reader.cancel(reason)
    },
  })
}
