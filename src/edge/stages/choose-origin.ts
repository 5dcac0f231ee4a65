// Which origin server is asked, and by which names.  CF rules/origin-rules

import type { EdgeServices } from '../edge.ts'
import { type RoutedExchange, setOrigin } from '../exchange.ts'
import { redirected } from '../origin-server.ts'
import { contextOf } from '../rule-facts.ts'
import { CONTINUE, type Verdict } from '../verdict.ts'

/** Leads the request to the origin server that rules say, with the Host and the TLS name that they say. */
export function chooseOrigin(exchange: RoutedExchange, edge: EdgeServices): Verdict {
  const overrides = exchange.plan.rules.originRules?.run(contextOf(exchange, edge), exchange.trail)
  if (overrides !== undefined) setOrigin(exchange, redirected(exchange.origin, overrides), overrides.hostHeader)
  return CONTINUE
}
