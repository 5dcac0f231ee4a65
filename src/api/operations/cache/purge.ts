// POST /zones/{zone_id}/purge_cache: drop what the body names.  CF cache/how-to/purge-cache.

import { zoneOperation } from '../../operation.ts'
import { applyTo, PURGE_BODY, PURGE_RESULT } from './body.ts'

export const purgeCache = zoneOperation({
  method: 'post',
  // Undocumented, but clients did so for years.
  alsoBy: ['delete'],
  path: '/zones/{zone_id}/purge_cache',
  summary: 'Purge cached responses by URL, tag, host or prefix, or all of them',
  permission: 'cache_purge:edit',
  isLimited: true,
  query: ['dry_run'],
  body: PURGE_BODY,
  result: PURGE_RESULT,
  handle: (call) => applyTo(call, 'purge'),
})
