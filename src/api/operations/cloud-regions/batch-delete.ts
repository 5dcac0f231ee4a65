// DELETE /zones/{zone_id}/origin/cloud_regions/batch: addresses, or objects with an origin_ip, each by itself.

import { z } from '@hono/zod-openapi'
import { succeed } from '../../envelope.ts'
import { zoneOperation } from '../../operation.ts'
import { recorded } from '../../recorded.ts'
import { schemaBody } from '../../schema-body.ts'
import { BATCH_PATH, BATCH_RESULT, type BatchItem, MAX_BATCH, parseOriginIp, readRegion, regionPath } from './region.ts'

const ITEM = z.union([z.string(), z.object({ origin_ip: z.string() })], {
  error: 'this is no address; send ["192.0.2.1"] or [{"origin_ip": "192.0.2.1"}]',
})

export const deleteCloudRegions = zoneOperation({
  method: 'delete',
  path: BATCH_PATH,
  summary: 'Forget the cloud regions of many origins',
  permission: 'zone_settings:edit',
  body: schemaBody(z.array(ITEM, { error: 'the body is not an array; send ["192.0.2.1"]' }).min(1).max(MAX_BATCH)),
  result: BATCH_RESULT,
  handle: ({ zone, body, services }) =>
    recorded(services, (draft) => {
      const succeeded: BatchItem[] = []
      const failed: BatchItem[] = []
      for (const item of body) {
        const origin_ip = typeof item === 'string' ? item : item.origin_ip
        const address = parseOriginIp(origin_ip)
        if (!address.ok) failed.push({ origin_ip, error: address.problem[0]?.message })
        else if (readRegion(draft, zone.id, address.value) === undefined) {
          failed.push({ origin_ip, error: 'no region is known for this address' })
        } else {
          draft.remove(regionPath(zone.id, address.value))
          succeeded.push({ origin_ip: address.value })
        }
      }
      return succeed({ succeeded, failed })
    }),
})
