// PUT /zones/{zone_id}/origin/cloud_regions/batch: each item by itself; what is wrong with one does not keep the others.

import { z } from '@hono/zod-openapi'
import { fail, ok, type Result } from '../../../base/index.ts'
import type { DocumentsDraft } from '../../../config/index.ts'
import { succeed } from '../../envelope.ts'
import { zoneOperation } from '../../operation.ts'
import { recorded } from '../../recorded.ts'
import { schemaBody } from '../../schema-body.ts'
import {
  BATCH_PATH,
  BATCH_RESULT,
  type BatchItem,
  hasRoom,
  MAX_BATCH,
  MAX_REGIONS,
  NOTICES,
  parseOriginIp,
  REGION_SCHEMA,
  readRegion,
  regionPath,
} from './region.ts'

const LOOSE = z.object({
  origin_ip: z.string(),
  region: z.string().optional(),
  vendor: z.string().optional(),
})

export const setCloudRegions = zoneOperation({
  method: 'put',
  path: BATCH_PATH,
  summary: 'Set the cloud regions of many origins',
  permission: 'zone_settings:edit',
  body: schemaBody(z.array(LOOSE).min(1).max(MAX_BATCH)),
  result: BATCH_RESULT,
  handle: ({ zone, body, services }) =>
    recorded(services, (draft) => {
      const modified_on = new Date(services.clock.now()).toISOString()
      const succeeded: BatchItem[] = []
      const failed: BatchItem[] = []
      for (const item of body) {
        const done = setOne(draft, zone.id, item, modified_on)
        if (done.ok) succeeded.push(done.value)
        else failed.push({ ...item, error: done.problem })
      }
      return succeed({ succeeded, failed }, { messages: NOTICES })
    }),
})

function setOne(draft: DocumentsDraft, zone: string, item: object, modified_on: string): Result<BatchItem, string> {
  const parsed = REGION_SCHEMA.safeParse(item)
  if (!parsed.success) return fail(parsed.error.issues[0]?.message ?? 'not valid')
  const address = parseOriginIp(parsed.data.origin_ip)
  if (!address.ok) return fail(address.problem[0]?.message ?? 'not valid')
  if (readRegion(draft, zone, address.value) === undefined && !hasRoom(draft, zone)) {
    return fail(`a zone has ${MAX_REGIONS} at most; delete one first`)
  }
  const region = { ...parsed.data, origin_ip: address.value }
  draft.write(regionPath(zone, address.value), { ...region, modified_on })
  return ok(region)
}
