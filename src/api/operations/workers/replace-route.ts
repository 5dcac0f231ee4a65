// PUT /zones/{zone_id}/workers/routes/{route_id}: another pattern, another Worker or none.

import { succeed } from '../../envelope.ts'
import { zoneOperation } from '../../operation.ts'
import { schemaBody } from '../../schema-body.ts'
import { ROUTE_PATH, ROUTE_RESULT, ROUTE_SCHEMA, refuseRoute, routeOf, showRoute } from './route.ts'

export const replaceRoute = zoneOperation({
  method: 'put',
  path: ROUTE_PATH,
  summary: 'Replace a route',
  permission: 'workers_routes:edit',
  body: schemaBody(ROUTE_SCHEMA),
  result: ROUTE_RESULT,
  handle: ({ zone, params, services, body }) => {
    const replaced = services.administration.workerRoutes.replace(zone.id, params.route_id ?? '', routeOf(body))
    return replaced.ok ? succeed(showRoute(replaced.value)) : refuseRoute(replaced.problem)
  },
})
