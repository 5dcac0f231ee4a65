// Path and query as rules rewrite them: for the origin server, the cache key, and every later phase.
// CF rules/transform/url-rewrite; docs/decisions/0070

import { splitTarget } from '../../http/index.ts'
import type { EdgeServices } from '../edge.ts'
import type { RoutedExchange } from '../exchange.ts'
import { refuse, ruleFault } from '../refusal.ts'
import { contextOf } from '../rule-facts.ts'
import { CONTINUE, type Verdict } from '../verdict.ts'

/** Rewrites the target, or refuses a request that a rule made impossible. */
export function rewriteUrl(exchange: RoutedExchange, edge: EdgeServices): Verdict {
  const rewrite = exchange.plan.rules.urlRewrite?.run(contextOf(exchange, edge), exchange.trail)
  if (rewrite === undefined) return CONTINUE
  if (rewrite.kind === 'fault') return refuse(exchange, ruleFault(rewrite.code), rewrite.detail)
  if (rewrite.path !== undefined) {
    const path = asSent(rewrite.path.replaceAll('?', '%3F').replaceAll('#', '%23')).path
    if (isReserved(path)) return refuse(exchange, 'rule-bad-path', path)
    exchange.path = path
    exchange.rulePath = path
  }
  if (rewrite.query !== undefined) {
    const query = asSent(`/${rewrite.query.replaceAll('#', '%23')}`).query
    exchange.query = query
    exchange.ruleQuery = query
  }
  return CONTINUE
}

/** How the runtime will send a target: dot segments removed, some characters escaped.  WHATWG URL §path state */
function asSent(target: string): { readonly path: string; readonly query: string } {
  return splitTarget(URL.parse(`http://origin${target}`)?.href ?? `http://origin${target}`)
}

/** The edge's own paths: no rule may lead there. */
function isReserved(path: string): boolean {
  return /^\/+cdn-cgi(?:\/|$)/i.test(path)
}
