// What purges, invalidations and CORS epochs have made of a variant since it was last asked about.

import type { CacheStore, Variant } from '../cache/index.ts'
import type { PurgeJournal } from '../purge/index.ts'

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
