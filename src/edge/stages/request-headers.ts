// The fields of the request as managed transforms and rules edit them: for the cache key, for what Vary selects, and for
// the origin server.  CF rules/transform/request-header-modification, rules/transform/managed-transforms
//
// What the visitor's Connection strikes out ends here, and counts for none of the three: a key or a selection made of what
// the origin server never received would store one visitor's answer for others.  RFC 9110 §7.6.1; docs/decisions/0165

import type { EdgeServices } from '../edge.ts'
import type { RoutedExchange } from '../exchange.ts'
import { editRequest } from '../header-edits.ts'
import { introducedFields, strikesOut } from '../origin-request.ts'
import { refuse } from '../refusal.ts'
import { contextOf } from '../rule-facts.ts'
import { CONTINUE, type Verdict } from '../verdict.ts'

/** Edits a copy of the fields; rules see what this edge says about the visitor, and may take it out. */
export function transformRequest(exchange: RoutedExchange, edge: EdgeServices): Verdict {
  const { managedRequest, requestHeaders } = exchange.plan.rules
  const hasRules = managedRequest !== undefined || requestHeaders !== undefined
  if (!hasRules && !strikesOut(exchange.presented)) return CONTINUE
  exchange.presented = introducedFields(exchange)
  if (!hasRules) return CONTINUE
  const fault = editRequest(exchange.presented, exchange.plan.rules, contextOf(exchange, edge), exchange.trail)
  return fault === undefined ? CONTINUE : refuse(exchange, fault.code, fault.detail)
}
