// Settings that rules replace for one request.  Of those that Cloudflare has, this edge acts on `ssl`.
// CF rules/configuration-rules; docs/decisions/0071

import type { EdgeServices } from '../edge.ts'
import { type RoutedExchange, setOrigin } from '../exchange.ts'
import { underSslMode } from '../origin-server.ts'
import { contextOf } from '../rule-facts.ts'
import { CONTINUE, type Verdict } from '../verdict.ts'

/** Lays the settings that rules say over those of the zone. */
export function configure(exchange: RoutedExchange, edge: EdgeServices): Verdict {
  const overrides = exchange.plan.rules.config?.run(contextOf(exchange, edge), exchange.trail)
  if (overrides?.ssl !== undefined) setOrigin(exchange, underSslMode(exchange.origin, overrides.ssl))
  return CONTINUE
}
