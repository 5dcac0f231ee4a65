// GET /zones/{zone_id}/origins: where the hosts of a zone lead.  Ours.

import { z } from '@hono/zod-openapi'
import { succeed } from '../../envelope.ts'
import { zoneOperation } from '../../operation.ts'

export const ORIGINS_PATH = '/zones/{zone_id}/origins'
export const ORIGINS_RESULT = z.record(z.string(), z.string())

export const getOrigins = zoneOperation({
  method: 'get',
  path: ORIGINS_PATH,
  summary: 'Read the origins of a zone: host patterns and base URLs',
  permission: 'zone:read',
  result: ORIGINS_RESULT,
  handle: ({ zone, services }) => succeed(services.administration.zones.origins(zone.id)),
})
