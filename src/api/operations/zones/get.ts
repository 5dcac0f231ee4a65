// GET /zones/{zone_id}: a zone.

import { succeed } from '../../envelope.ts'
import { zoneOperation } from '../../operation.ts'
import { refuseZone, showZone, ZONE_PATH, ZONE_RESULT } from './zone.ts'

export const getZone = zoneOperation({
  method: 'get',
  path: ZONE_PATH,
  summary: 'Read a zone',
  permission: 'zone:read',
  result: ZONE_RESULT,
  handle: ({ zone, services }) => {
    const found = services.administration.zones.find(zone.id)
    return found === undefined ? refuseZone({ kind: 'unknown' }) : succeed(showZone(found))
  },
})
