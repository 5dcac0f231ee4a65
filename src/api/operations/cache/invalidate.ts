// POST /zones/{zone_id}/invalidate_cache: mark what the body names stale.  CF cache/guides/invalidate-cache.

import { zoneOperation } from '../../operation.ts'
import { applyTo, PURGE_BODY, PURGE_RESULT } from './body.ts'

export const invalidateCache = zoneOperation({
  method: 'post',
  path: '/zones/{zone_id}/invalidate_cache',
  summary: 'Mark cached responses stale by URL, tag, host or prefix, or all of them',
  permission: 'cache_purge:edit',
  isLimited: true,
  query: ['dry_run'],
  body: PURGE_BODY,
  result: PURGE_RESULT,
  handle: (call) => applyTo(call, 'invalidate'),
})
