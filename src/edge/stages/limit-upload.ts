// Request content that is announced larger than the zone takes.  Content without a length is counted as it passes
// (stages/forward.ts).  CF workers/platform/limits, `max_upload`

import type { EdgeServices } from '../edge.ts'
import type { RoutedExchange } from '../exchange.ts'
import { refuse } from '../refusal.ts'
import { CONTINUE, type Verdict } from '../verdict.ts'

/** Refuses content that is announced too large. */
export function limitUpload(exchange: RoutedExchange, _edge: EdgeServices): Verdict {
  const length = exchange.clientRequest.headers.get('content-length')
  const most = exchange.plan.zone.maxUpload
  if (length === null || Number(length) <= most) return CONTINUE
  return refuse(exchange, 'client-body-too-large', `content of ${length} bytes exceeds ${most}`)
}
