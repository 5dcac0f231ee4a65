// GET /zones: the zones that the token may read, filtered, in order, by pages.

import { z } from '@hono/zod-openapi'
import { isPermitted } from '../../auth.ts'
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
  query: ['name', 'account.id', 'account.name', 'status', 'type', 'match', 'order', 'direction', 'page', 'per_page'],
  result: z.array(ZONE_RESULT),
  handle: ({ identity, query, services: { administration } }) => {
    const page = readPage(query, PAGE_LIMITS)
    if (!page.ok) return page
    const all = administration.zones.list()
    const own =
      identity.policies === 'all' ? all : all.filter(({ id }) => isPermitted(identity, 'zone:read', { zone: id }))
    const zones = selectZones(own, query)
    if (!zones.ok) return zones
    return answerPage(zones.value, page.value, ({ id }) => {
      const zone = administration.zones.find(id)
      return zone && showZone(zone)
    })
  },
})
