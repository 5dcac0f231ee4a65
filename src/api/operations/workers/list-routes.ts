// GET /zones/{zone_id}/workers/routes

import { z } from '@hono/zod-openapi'
import { succeed } from '../../envelope.ts'
import { zoneOperation } from '../../operation.ts'
import { ROUTE_RESULT, ROUTES_PATH, showRoute } from './route.ts'

export const listRoutes = zoneOperation({
  method: 'get',
  path: ROUTES_PATH,
  summary: 'List the routes of a zone',
  permission: 'workers_routes:read',
  result: z.array(ROUTE_RESULT),
  handle: ({ zone, services }) => succeed(services.administration.workerRoutes.list(zone.id).map(showRoute)),
})
