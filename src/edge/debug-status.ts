// This edge's member of Cache-Status, for `edge.debug_headers`.  RFC 9211

import { toSeconds, unreachable } from '../base/index.ts'
import {
  type CacheOutcome,
  type CacheStatusReport,
  cacheStatusField,
  currentAge,
  type StoredResponse,
} from '../cache/index.ts'
import type { EdgeServices } from './edge.ts'
import type { Exchange, KeyedExchange } from './exchange.ts'
import type { EdgeResponse } from './response.ts'
import { NO_VARIANT } from './stages/look-up.ts'

/** What became of an exchange, its key, and the last reason in its trail. */
export function debugStatus(
  exchange: Exchange & Partial<KeyedExchange>,
  response: EdgeResponse,
  edge: EdgeServices,
): string {
  const detail = exchange.trail.findLast((line) => !OF_RULES.test(line))
  return cacheStatusField({
    ...handledBy(exchange, response, edge),
    ...(exchange.key === undefined ? {} : { key: exchange.key }),
    ...(detail === undefined ? {} : { detail }),
  })
}

/** What rules did to the fields of the answer is no reason for it. */
export const OF_RULES = /^(?:rule|managed transform) /

function handledBy(exchange: Exchange, response: EdgeResponse, edge: EdgeServices): CacheStatusReport {
  if (response.kind === 'made' || response.kind === 'scripted') return { handled: 'miss' }
  const handled = handledByOutcome(response.outcome, exchange)
  if (response.kind === 'passing') return { handled, forwardStatus: response.answer.status }
  const ttl = ttlOf(response.stored, edge)
  return handled === 'hit'
    ? { handled, ...ttl }
    : { handled, stored: true, forwardStatus: response.stored.status, ...ttl }
}

function handledByOutcome(outcome: CacheOutcome, exchange: Exchange): CacheStatusReport['handled'] {
  switch (outcome) {
    case 'reused-fresh':
    case 'reused-while-validating':
    case 'reused-on-error':
      return 'hit'
    case 'stored':
      return exchange.trail.includes(NO_VARIANT) ? 'vary-miss' : 'uri-miss'
    case 'replaced':
    case 'validated':
      return 'stale'
    case 'not-stored':
      return 'miss'
    case 'ineligible':
      return exchange.method === 'GET' || exchange.method === 'HEAD' ? 'bypass' : 'method'
    default:
      return unreachable(outcome)
  }
}

function ttlOf(
  stored: Pick<StoredResponse, 'responseTime' | 'initialAge'> & Partial<Pick<StoredResponse, 'freshness'>>,
  { clock }: EdgeServices,
): Partial<Pick<CacheStatusReport, 'ttl'>> {
  if (stored.freshness === undefined) return {}
  const left = stored.freshness.lifetime - currentAge(stored, clock.now())
  return { ttl: toSeconds(left as typeof stored.freshness.lifetime) }
}
