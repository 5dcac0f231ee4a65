// GET /zones/{zone_id}/managed_headers: which managed transforms are on.

import { zoneOperation } from '../../operation.ts'
import { answerManaged, MANAGED_PATH, MANAGED_RESULT } from './headers.ts'

export const getManagedHeaders = zoneOperation({
  method: 'get',
  path: MANAGED_PATH,
  summary: 'Read which managed transforms are on',
  permission: 'zone_settings:read',
  result: MANAGED_RESULT,
  handle: ({ zone, services }) => answerManaged(services.administration, zone.id),
})
