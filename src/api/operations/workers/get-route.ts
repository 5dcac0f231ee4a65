// GET /zones/{zone_id}/workers/routes/{route_id}

import { refuse, succeed } from '../../envelope.ts'
import { zoneOperation } from '../../operation.ts'
import { ROUTE_PATH, ROUTE_RESULT, showRoute } from './route.ts'

export const getRoute = zoneOperation({
  method: 'get',
  path: ROUTE_PATH,
  summary: 'Read a route',
  permission: 'workers_routes:read',
  result: ROUTE_RESULT,
  handle: ({ zone, params, services }) => {
    const route = services.administration.workerRoutes.find(zone.id, params.route_id ?? '')
    return route === undefined ? refuse('unknown-route') : succeed(showRoute(route))
  },
})
