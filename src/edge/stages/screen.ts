// What must be refused before anything is looked up: framing that two programs could read differently, methods that a
// gateway does not serve, and requests that have been through this edge before.  RFC 9112 §3, §6.3; RFC 8586

import { parseCdnLoop } from '../../http/index.ts'
import type { EdgeServices } from '../edge.ts'
import type { Exchange } from '../exchange.ts'
import { CDN_ID } from '../origin-request.ts'
import { refuse } from '../refusal.ts'
import { CONTINUE, type Verdict } from '../verdict.ts'

/** Refuses what a gateway must not pass on. */
export function screen(exchange: Exchange, _edge: EdgeServices): Verdict {
  const { headers } = exchange.clientRequest
  if (exchange.method === 'CONNECT') return refuse(exchange, 'client-connect')
  if (exchange.method === 'TRACE') return refuse(exchange, 'client-trace')
  // The listener joins lines, so a second Content-Length shows as a comma.
  if (headers.get('content-length')?.includes(',') === true) {
    return refuse(exchange, 'client-bad-request', 'Content-Length is given more than once')
  }
  const loop = headers.get('cdn-loop')
  if (loop !== null && parseCdnLoop(loop).includes(CDN_ID)) return refuse(exchange, 'client-loop')
  return CONTINUE
}
