// DELETE /zones/{zone_id}/workers/routes/{route_id}

import { z } from '@hono/zod-openapi'
import { succeed } from '../../envelope.ts'
import { zoneOperation } from '../../operation.ts'
import { ROUTE_PATH, refuseRoute } from './route.ts'

export const deleteRoute = zoneOperation({
  method: 'delete',
  path: ROUTE_PATH,
  summary: 'Delete a route',
  permission: 'workers_routes:edit',
  result: z.object({ id: z.string() }),
  handle: ({ zone, params, services }) => {
    const removed = services.administration.workerRoutes.remove(zone.id, params.route_id ?? '')
    return removed.ok ? succeed({ id: removed.value.id }) : refuseRoute(removed.problem)
  },
})
