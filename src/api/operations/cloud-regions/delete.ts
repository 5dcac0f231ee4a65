// DELETE /zones/{zone_id}/origin/cloud_regions/{origin_ip}.

import { z } from '@hono/zod-openapi'
import { refuse, succeed } from '../../envelope.ts'
import { zoneOperation } from '../../operation.ts'
import { recorded } from '../../recorded.ts'
import { parseOriginIp, REGION_PATH, readRegion, regionPath } from './region.ts'

export const deleteCloudRegion = zoneOperation({
  method: 'delete',
  path: REGION_PATH,
  summary: 'Forget the cloud region of an origin',
  permission: 'zone_settings:edit',
  result: z.object({ origin_ip: z.string() }),
  handle: ({ zone, params, services }) => {
    const address = parseOriginIp(params.origin_ip ?? '')
    if (!address.ok) return address
    return recorded(services, (draft) => {
      if (readRegion(draft, zone.id, address.value) === undefined) return refuse('unknown-region')
      draft.remove(regionPath(zone.id, address.value))
      return succeed({ origin_ip: address.value })
    })
  },
})
