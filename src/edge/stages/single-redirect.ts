// Answers with a redirection where a rule says so; the origin server is not asked.  CF rules/url-forwarding/single-redirects

import type { EdgeServices } from '../edge.ts'
import type { RoutedExchange } from '../exchange.ts'
import { contextOf } from '../rule-facts.ts'
import { CONTINUE, type Verdict } from '../verdict.ts'

/** The redirection of the first rule that matches. */
export function singleRedirect(exchange: RoutedExchange, edge: EdgeServices): Verdict {
  const redirect = exchange.plan.rules.redirect?.run(contextOf(exchange, edge), exchange.trail)
  if (redirect === undefined) return CONTINUE
  const headers = new Headers({
    location: redirect.location,
    // A rule may be gone tomorrow; what a browser keeps stays.  docs/decisions/0071
    'cache-control': 'private, no-store',
  })
  return { kind: 'answered', response: { kind: 'made', fault: undefined, status: redirect.status, headers, text: '' } }
}
