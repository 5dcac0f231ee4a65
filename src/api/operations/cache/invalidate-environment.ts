// POST /zones/{zone_id}/environments/{environment_id}/invalidate_cache.

import { zoneOperation } from '../../operation.ts'
import { ENVIRONMENT_OPERATION } from './environment.ts'

export const invalidateEnvironment = zoneOperation({
  ...ENVIRONMENT_OPERATION,
  path: '/zones/{zone_id}/environments/{environment_id}/invalidate_cache',
  summary: 'Mark cached responses of one environment stale',
})
