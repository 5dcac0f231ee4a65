// GET /zones/{zone_id}/origin/cloud_regions: by pages.

import { z } from '@hono/zod-openapi'
import { ok } from '../../../base/index.ts'
import { zoneOperation } from '../../operation.ts'
import { answerPage, readPage } from '../../pagination.ts'
import { listRegions, NOTICES, REGION_RESULT, REGIONS_PATH } from './region.ts'

const PAGE_LIMITS = { perPage: 20, maxPerPage: 1000 }

export const listCloudRegions = zoneOperation({
  method: 'get',
  path: REGIONS_PATH,
  summary: 'List the cloud regions of origins',
  permission: 'zone_settings:read',
  query: ['page', 'per_page'],
  result: z.array(REGION_RESULT),
  handle: ({ zone, query, services }) => {
    const page = readPage(query, PAGE_LIMITS)
    if (!page.ok) return page
    const regions = listRegions(services.documents, zone.id)
    const answer = answerPage(regions, page.value, (region) => region)
    return answer.ok && regions.length > 0 ? ok({ ...answer.value, messages: NOTICES }) : answer
  },
})
