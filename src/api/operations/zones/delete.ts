// DELETE /zones/{zone_id}: the zone goes, with its settings, origins, records and rules; its hosts get 421 from now on.

import { z } from '@hono/zod-openapi'
import { succeed } from '../../envelope.ts'
import { zoneOperation } from '../../operation.ts'
import { refuseZone, ZONE_PATH } from './zone.ts'

/** Ours: the file will make the zone anew. */
const FILE_CODE = 1192

export const deleteZone = zoneOperation({
  method: 'delete',
  path: ZONE_PATH,
  summary: 'Delete a zone',
  permission: 'zone:edit',
  result: z.object({ id: z.string() }),
  handle: ({ zone, services }) => {
    const removed = services.administration.zones.remove(zone.id)
    if (!removed.ok) return refuseZone(removed.problem)
    const message = `${zone.name} came from varyant.json, which makes it again at the next start; remove it there too`
    const messages = removed.value.made_by === 'file' ? [{ code: FILE_CODE, message }] : []
    return succeed({ id: zone.id }, { messages })
  },
})
