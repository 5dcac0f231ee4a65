// Purging one environment of a zone.  CF cache/how-to/purge-cache/purge-zone-versions.
//
// A zone has its production environment only, and that one has no id: every id is unknown, whatever the body.

import { refuse } from '../../envelope.ts'
import type { ZoneCall } from '../../operation.ts'
import { PURGE_RESULT } from './body.ts'

export const ENVIRONMENT_OPERATION = {
  method: 'post',
  permission: 'cache_purge:edit',
  result: PURGE_RESULT,
  handle: ({ zone }: ZoneCall<undefined>) =>
    refuse('unknown-environment', { message: `the zone ${zone.name} has no environments; purge the zone itself` }),
} as const
