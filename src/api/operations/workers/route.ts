// What the operations on routes and custom domains share: how they are shown, and what can go wrong.

import { z } from '@hono/zod-openapi'
import type { Result } from '../../../base/index.ts'
import { refuse } from '../../envelope.ts'
import type { DomainProblem, DomainView, Problems, RouteProblem, WorkerRoute } from './types.ts'

export const ROUTES_PATH = '/zones/{zone_id}/workers/routes'
export const ROUTE_PATH = `${ROUTES_PATH}/{route_id}`

export const ROUTE_RESULT = z.object({
  id: z.string(),
  pattern: z.string(),
  script: z.string().optional(),
  request_limit_fail_open: z.boolean(),
})

/** A route; without a script, what matches runs no Worker. */
export const ROUTE_SCHEMA = z.object({
  pattern: z.string(),
  script: z.string().nullish(),
  request_limit_fail_open: z.boolean().nullish(),
})

export function routeOf({ pattern, script, request_limit_fail_open }: z.output<typeof ROUTE_SCHEMA>) {
  // Terraform writes "" for none.
  return { pattern, script: script || undefined, failOpen: request_limit_fail_open ?? false }
}

export function showRoute({ id, pattern, script, fail_open }: WorkerRoute): object {
  return { id, pattern, ...(script !== undefined && { script }), request_limit_fail_open: fail_open }
}

export function showDomain({ id, hostname, script, zoneId, zoneName }: DomainView): object {
  return { id, hostname, service: script, environment: 'production', zone_id: zoneId, zone_name: zoneName, cert_id: id }
}

export function refuseRoute(problem: RouteProblem | DomainProblem): Result<never, Problems> {
  switch (problem.kind) {
    case 'unknown-zone':
    case 'unknown-script':
      return refuse(problem.kind, { message: problem.message })
    case 'bad-pattern':
      return refuse('bad-route-pattern', { message: problem.message, pointer: '/pattern' })
    case 'duplicate-pattern':
      return refuse('duplicate-route', { message: problem.message, pointer: '/pattern' })
    case 'bad-hostname':
      return refuse('invalid-body', { message: problem.message, pointer: '/hostname' })
    case 'too-many':
      return refuse('too-many-scripts', { message: problem.message })
    case 'unknown-route':
    case 'unknown-domain':
    case 'not-recorded':
      return refuse(problem.kind)
  }
}
