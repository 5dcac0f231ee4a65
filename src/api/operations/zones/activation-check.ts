// PUT /zones/{zone_id}/activation_check: zones are active from the start, so there is nothing to check.

import { z } from '@hono/zod-openapi'
import { succeed } from '../../envelope.ts'
import { zoneOperation } from '../../operation.ts'
import { ZONE_PATH } from './zone.ts'

export const checkActivation = zoneOperation({
  method: 'put',
  path: `${ZONE_PATH}/activation_check`,
  summary: 'Check whether a zone is active',
  permission: 'zone:edit',
  result: z.object({ id: z.string() }),
  handle: ({ zone }) => succeed({ id: zone.id }),
})
