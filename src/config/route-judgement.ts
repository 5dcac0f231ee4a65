// May a zone have a route of this pattern, and which of its routes is the same?  Pure.

import { fail, type Result } from '../base/index.ts'
import { isSameRoute, parseRoutePattern, type RoutePattern } from '../scripts/index.ts'
import { quote } from './problems.ts'
import type { WorkerRoute } from './script-documents.ts'
import type { RouteProblem } from './worker-routes-contract.ts'

/** The pattern, or why the zone, which has these other routes, cannot have it. */
export function judgePattern(
  text: string,
  zoneName: string,
  others: readonly WorkerRoute[],
): Result<RoutePattern, RouteProblem> {
  const pattern = parseRoutePattern(text, zoneName)
  if (!pattern.ok) return fail({ kind: 'bad-pattern', message: `the route ${quote(text)} ${pattern.problem}` })
  const same = findSameRoute(pattern.value, zoneName, others)
  if (same === undefined) return pattern
  const message = `a route with the same pattern already exists: ${quote(same.pattern)}; change that one`
  return fail({ kind: 'duplicate-pattern', message })
}

/** The route that matches the same URLs as the pattern, or undefined. */
export function findSameRoute(
  pattern: RoutePattern,
  zoneName: string,
  routes: readonly WorkerRoute[],
): WorkerRoute | undefined {
  return routes.find((route) => {
    const parsed = parseRoutePattern(route.pattern, zoneName)
    return parsed.ok && isSameRoute(parsed.value, pattern)
  })
}
