// GET /zones: the zones, filtered, in order, by pages.

import { z } from '@hono/zod-openapi'
import { operation } from '../../operation.ts'
import { answerPage, readPage } from '../../pagination.ts'
import { selectZones } from './filter.ts'
import { showZone, ZONE_RESULT, ZONES_PATH } from './zone.ts'

const PAGE_LIMITS = { perPage: 20, maxPerPage: 50 }

export const listZones = operation({
  method: 'get',
  path: ZONES_PATH,
  summary: 'List zones',
  permission: 'zone:read',
  result: z.array(ZONE_RESULT),
  handle: ({ query, services }) => {
    const page = readPage(query, PAGE_LIMITS)
    if (!page.ok) return page
    const zones = selectZones(services.administration.zones.list(), query)
    return zones.ok ? answerPage(zones.value, page.value, showZone) : zones
  },
})
