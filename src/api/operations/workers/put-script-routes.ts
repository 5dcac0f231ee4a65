// PUT …/scripts/{script_name}/routes: makes these all the routes of a Worker, in every zone.
//
// It needs the permission for routes in each zone that is named; without it the answer is 403 and 10000, upon which wrangler
// asks zone by zone.

import { z } from '@hono/zod-openapi'
import { isPermitted } from '../../auth.ts'
import { refuse, succeed } from '../../envelope.ts'
import { schemaBody } from '../../schema-body.ts'
import { refuseRoute } from './route.ts'
import { SCRIPT_PATH, scriptOperation } from './script.ts'

const MAX_ROUTES_PER_SCRIPT = 1000
const ROUTE = z.looseObject({
  pattern: z.string(),
  zone_id: z.string().nullish(),
  zone_name: z.string().nullish(),
})

export const putScriptRoutes = scriptOperation({
  method: 'put',
  path: `${SCRIPT_PATH}/routes`,
  summary: 'Replace all routes of a Worker',
  permission: 'workers_scripts:edit',
  body: schemaBody(z.array(ROUTE).max(MAX_ROUTES_PER_SCRIPT)),
  result: z.array(z.string()),
  handle: ({ script, services, identity, body }) => {
    const { workerRoutes, zones } = services.administration
    const requests = body.map(({ pattern, zone_id, zone_name }) => {
      return { pattern, ...(zone_id && { zoneId: zone_id }), ...(zone_name && { zoneName: zone_name }) }
    })
    const touched = new Set<string>()
    for (const request of requests) {
      const zone = workerRoutes.zoneOf(request)
      if (!zone.ok) return refuseRoute(zone.problem)
      touched.add(zone.value)
    }
    for (const { id } of zones.list()) {
      if (workerRoutes.list(id).some((route) => route.script === script.name)) touched.add(id)
    }
    if (![...touched].every((zone) => isPermitted(identity, 'workers_routes:edit', { zone }))) {
      return refuse('authentication-error', {
        message: 'the token may not change the routes of every zone that is named',
      })
    }
    const replaced = workerRoutes.replaceAllOf(script.name, requests)
    return replaced.ok ? succeed(replaced.value.map(({ pattern }) => pattern)) : refuseRoute(replaced.problem)
  },
})
