// GET /zones/{zone_id}/origin/cloud_regions/{origin_ip}: whatever the address's spelling.

import { refuse, succeed } from '../../envelope.ts'
import { zoneOperation } from '../../operation.ts'
import { NOTICES, parseOriginIp, REGION_PATH, REGION_RESULT, readRegion } from './region.ts'

export const getCloudRegion = zoneOperation({
  method: 'get',
  path: REGION_PATH,
  summary: 'Read the cloud region of an origin',
  permission: 'zone_settings:read',
  result: REGION_RESULT,
  handle: ({ zone, params, services }) => {
    const address = parseOriginIp(params.origin_ip ?? '')
    if (!address.ok) return address
    const region = readRegion(services.documents, zone.id, address.value)
    return region === undefined ? refuse('unknown-region') : succeed(region, { messages: NOTICES })
  },
})
