// DELETE /zones/{zone_id}/url_normalization: back to the default.

import { z } from '@hono/zod-openapi'
import { succeed } from '../../envelope.ts'
import { zoneOperation } from '../../operation.ts'
import { refuseSetting } from '../settings/setting.ts'
import { NORMALIZATION_ID, NORMALIZATION_PATH } from './get.ts'

export const resetUrlNormalization = zoneOperation({
  method: 'delete',
  path: NORMALIZATION_PATH,
  summary: 'Normalise URLs by the default again',
  permission: 'zone_settings:edit',
  result: z.null(),
  handle: ({ zone, services }) => {
    const reset = services.administration.dedicated.reset(zone.id, NORMALIZATION_ID)
    return reset.ok ? succeed(null) : refuseSetting(reset.problem)
  },
})
