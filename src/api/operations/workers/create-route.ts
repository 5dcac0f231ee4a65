// POST /zones/{zone_id}/workers/routes

import { succeed } from '../../envelope.ts'
import { zoneOperation } from '../../operation.ts'
import { schemaBody } from '../../schema-body.ts'
import { ROUTE_RESULT, ROUTE_SCHEMA, ROUTES_PATH, refuseRoute, routeOf, showRoute } from './route.ts'

export const createRoute = zoneOperation({
  method: 'post',
  path: ROUTES_PATH,
  summary: 'Make a route',
  permission: 'workers_routes:edit',
  body: schemaBody(ROUTE_SCHEMA),
  result: ROUTE_RESULT,
  handle: ({ zone, services, body }) => {
    const created = services.administration.workerRoutes.create(zone.id, routeOf(body))
    return created.ok ? succeed(showRoute(created.value)) : refuseRoute(created.problem)
  },
})
