// What purges, invalidations and CORS epochs have made of a variant since it was last asked about.

import type { CacheStore, Variant } from '../cache/index.ts'
import { hasGrant } from '../cors/sharing/index.ts'
import type { PurgeJournal } from '../purge/index.ts'

/**
 * Whether no purge has named a variant since it was fetched; one that a purge did name is removed, one that an invalidation
 * or an epoch named is marked.  Costs a comparison unless there was a purge since the last time.
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
  if (standing.kind !== 'stands') {
    variant.invalidatedAt = Math.min(standing.at, variant.invalidatedAt ?? standing.at)
    variant.grantsVoid ||= standing.kind === 'grants-void'
  }
  variant.checkedRevision = journal.revision
  return true
}

/** Whether a variant grants what no longer counts: it must not go out, not even for a silent origin server. */
export function hasVoidGrant({ grantsVoid, response }: Variant): boolean {
  return grantsVoid && hasGrant(response.fields)
}
