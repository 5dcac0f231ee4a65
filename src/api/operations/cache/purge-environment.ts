// POST /zones/{zone_id}/environments/{environment_id}/purge_cache.

import { zoneOperation } from '../../operation.ts'
import { ENVIRONMENT_OPERATION } from './environment.ts'

export const purgeEnvironment = zoneOperation({
  ...ENVIRONMENT_OPERATION,
  path: '/zones/{zone_id}/environments/{environment_id}/purge_cache',
  summary: 'Purge cached responses of one environment',
})
