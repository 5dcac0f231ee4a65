// DELETE /zones/{zone_id}/managed_headers: all managed transforms are off.

import { z } from '@hono/zod-openapi'
import { succeed } from '../../envelope.ts'
import { zoneOperation } from '../../operation.ts'
import { refuseSetting } from '../settings/setting.ts'
import { MANAGED_LISTS, MANAGED_PATH } from './headers.ts'

export const resetManagedHeaders = zoneOperation({
  method: 'delete',
  path: MANAGED_PATH,
  summary: 'Switch all managed transforms off',
  permission: 'zone_settings:edit',
  result: z.null(),
  handle: ({ zone, services }) => {
    const changes = MANAGED_LISTS.map(([id]) => ({ id, value: [] }))
    const changed = services.administration.dedicated.change(zone.id, changes)
    return changed.ok ? succeed(null) : refuseSetting(changed.problem)
  },
})
