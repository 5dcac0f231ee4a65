// Finds the stored response for a request and decides what may be done with it.  RFC 9111 §4
//
// The store knows keys, `vary.ts` selects, the journal says what purges left standing, `reuse.ts` judges freshness: here
// they are only asked, in this order.  What a purge named is removed on the way, and the look-up goes on without it.

import { unreachable } from '../../base/index.ts'
import { type CacheKey, type Content, decideReuse, findVariant, type Variant } from '../../cache/index.ts'
import type { EdgeServices } from '../edge.ts'
import type { CommonKeys, KeyedExchange } from '../exchange.ts'
import { sentFieldReader } from '../origin-request.ts'
import { dropShared, knownOf, mayGoTo } from '../sharing.ts'
import { hasVoidGrant, stillStands } from '../standing.ts'

/** What the store has for a request. */
export type CacheDecision =
  /** Nothing that fits. */
  | { readonly kind: 'miss'; readonly reason: 'uri-miss' | 'vary-miss' }
  /** Reuse it. */
  | { readonly kind: 'fresh'; readonly variant: Variant; readonly content: Content }
  /** Reuse it now, and validate it behind the client's back. */
  | { readonly kind: 'stale-while-revalidate'; readonly variant: Variant; readonly content: Content }
  /** Ask the origin server first. */
  | { readonly kind: 'must-validate'; readonly variant: Variant; readonly content: Content }

/** The decision for one request; damaged bodies count as absent. */
export function lookUp(exchange: KeyedExchange, edge: EdgeServices): Promise<CacheDecision> {
  const { common } = exchange
  return common === undefined ? lookUpUnder(exchange.key, exchange, edge) : lookUpCommon(common, exchange, edge)
}

/** First what everybody may have, then the Origin's own copy; a stale own copy is validated rather than a shared one. */
async function lookUpCommon(common: CommonKeys, exchange: KeyedExchange, edge: EdgeServices): Promise<CacheDecision> {
  const shared = await lookUpUnder(common.shared, exchange, edge)
  if (knownOf(exchange, edge) === 'contradicted') {
    // A crash can bring back what the note had dropped.
    if (shared.kind !== 'miss') dropShared(common.shared, edge)
    return lookUpUnder(exchange.key, exchange, edge)
  }
  if (shared.kind === 'fresh' || shared.kind === 'stale-while-revalidate') return shared
  const own = await lookUpUnder(exchange.key, exchange, edge)
  return own.kind === 'miss' && shared.kind === 'must-validate' ? shared : own
}

async function lookUpUnder(key: CacheKey, exchange: KeyedExchange, edge: EdgeServices): Promise<CacheDecision> {
  for (;;) {
    const entry = edge.store.find(key)
    if (entry === undefined) return miss(exchange, 'uri-miss')
    const variant = findVariant(entry, sentFieldReader(exchange), exchange.plan.settings.vary)
    if (variant === undefined) return miss(exchange, 'vary-miss')
    if (!stillStands(variant, edge)) continue
    if (!mayGoTo(exchange, variant.response, edge.sharing)) return miss(exchange, 'vary-miss')
    const content = edge.store.peekContent(variant) ?? (await edge.store.content(variant))
    // Without its bytes the variant is gone from the store, or will be: ask as if it had never been there.
    if (content === undefined) {
      edge.store.remove(variant)
      continue
    }
    // Its bytes may have come from the disk, and a purge meanwhile.
    if (!stillStands(variant, edge)) continue
    return judge(exchange, { variant, content })
  }
}

/** The sentence for `vary-miss`. */
export const NO_VARIANT = 'no stored variant fits the request'

function miss(exchange: KeyedExchange, reason: 'uri-miss' | 'vary-miss'): CacheDecision {
  exchange.trail.push(reason === 'uri-miss' ? 'nothing is stored under the key' : NO_VARIANT)
  return { kind: 'miss', reason }
}

function judge(
  exchange: KeyedExchange,
  found: { readonly variant: Variant; readonly content: Content },
): CacheDecision {
  const { response, invalidatedAt } = found.variant
  if (hasVoidGrant(found.variant)) {
    exchange.trail.push('a CORS epoch came since: what the stored response grants must be said anew')
    return { kind: 'must-validate', ...found }
  }
  const decision = decideReuse(response, invalidatedAt, exchange.receivedAt)
  switch (decision.kind) {
    case 'fresh':
      exchange.trail.push('a stored response is fresh')
      return { kind: 'fresh', ...found }
    case 'stale-while-revalidate':
      if (exchange.plan.settings.disableStaleWhileUpdating || exchange.plan.settings.alwaysOnline) break
      exchange.trail.push('a stored response is stale and within stale-while-revalidate')
      return { kind: 'stale-while-revalidate', ...found }
    case 'must-validate':
      break
    default:
      return unreachable(decision)
  }
  exchange.trail.push('a stored response must be validated')
  return { kind: 'must-validate', ...found }
}
