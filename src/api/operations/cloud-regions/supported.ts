// GET /zones/{zone_id}/origin/cloud_regions/supported_regions: which regions have an upper tier.  Here there is one tier.

import { z } from '@hono/zod-openapi'
import { succeed } from '../../envelope.ts'
import { zoneOperation } from '../../operation.ts'
import { REGIONS_PATH, VENDORS } from './region.ts'

const REGIONS = z.array(z.object({ name: z.string(), upper_tier_colos: z.array(z.string()) }))

export const listSupportedRegions = zoneOperation({
  method: 'get',
  path: `${REGIONS_PATH}/supported_regions`,
  summary: 'List the cloud regions that have an upper tier',
  permission: 'zone_settings:read',
  result: z.object({ obtained_codes: z.boolean(), vendors: z.record(z.string(), REGIONS) }),
  handle: () => succeed({ obtained_codes: false, vendors: Object.fromEntries(VENDORS.map((vendor) => [vendor, []])) }),
})
