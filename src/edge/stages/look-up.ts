// Finds the stored response for a request and decides what may be done with it.  RFC 9111 §4
//
// The store knows keys, `vary.ts` selects, the journal says what purges left standing, `reuse.ts` judges freshness: here
// they are only asked, in this order.  What a purge named is removed on the way, and the look-up goes on without it.

import { unreachable } from '../../base/index.ts'
import { type CacheStore, type Content, decideReuse, findVariant, type Variant } from '../../cache/index.ts'
import type { PurgeJournal } from '../../purge/index.ts'
import type { EdgeServices } from '../edge.ts'
import { fieldReader, type KeyedExchange } from '../exchange.ts'

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
export async function lookUp(exchange: KeyedExchange, edge: EdgeServices): Promise<CacheDecision> {
  for (;;) {
    const entry = edge.store.find(exchange.key)
    if (entry === undefined) return miss(exchange, 'uri-miss')
    const variant = findVariant(entry, fieldReader(exchange.presented), exchange.plan.settings.vary)
    if (variant === undefined) return miss(exchange, 'vary-miss')
    if (!stillStands(variant, edge)) continue
    const content = edge.store.peekContent(variant) ?? (await edge.store.content(variant))
    // Without its bytes the variant is gone from the store, or will be: ask as if it had never been there.
    if (content === undefined) {
      edge.store.remove(variant)
      continue
    }
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

/**
 * Whether no purge has named a variant since it was fetched; one that a purge did name is removed, one that an invalidation
 * named is marked.  Costs a comparison unless there was a purge since the last time.
 */
export function stillStands(
  variant: Variant,
  { journal, store }: { readonly journal: PurgeJournal; readonly store: Pick<CacheStore, 'remove'> },
): boolean {
  if (variant.checkedRevision === journal.revision) return true
  const standing = journal.standing(variant.response)
  if (standing.kind === 'purged') {
    store.remove(variant)
    return false
  }
  if (standing.kind === 'invalidated')
    variant.invalidatedAt = Math.min(standing.at, variant.invalidatedAt ?? standing.at)
  variant.checkedRevision = journal.revision
  return true
}
