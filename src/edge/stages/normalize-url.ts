// One spelling of the path for rules, and for the origin server too where the zone says `both`.
// CF rules/normalization; docs/decisions/0062, 0070
//
// DEVIATION CF rules/normalization: before anything here runs, the runtime has removed dot segments, turned "\" to "/" and
// escaped `"`, "<", ">", "^", "`", "{" and "}" in the path, and `"`, "<", ">" and "'" in the query.  The origin server
// receives the URL so, whatever the scope.

import { normalizeUrl } from '../../http/index.ts'
import type { EdgeServices } from '../edge.ts'
import type { RoutedExchange } from '../exchange.ts'
import { CONTINUE, type Verdict } from '../verdict.ts'

/** Gives rules the normalised target. */
export function normalizeTarget(exchange: RoutedExchange, _edge: EdgeServices): Verdict {
  const { scope, type } = exchange.plan.rules.urlNormalization
  if (scope === 'none') return CONTINUE
  const { path, query } = normalizeUrl(exchange, type)
  exchange.rulePath = path
  exchange.ruleQuery = query
  if (scope === 'both' && path !== exchange.path) {
    exchange.path = path
    exchange.trail.push('the path is normalised for the origin server')
  }
  return CONTINUE
}
