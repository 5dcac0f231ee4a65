// Which URLs run which Worker, as the API reads and changes it: the routes of zones.
//
// R1  Two routes of a zone never match the same URLs.
// R2  A route never names a Worker that is not there.

import { fail, ok, type Result } from '../base/index.ts'
import { parseRoutePattern } from '../scripts/index.ts'
import type { DocumentsDraft } from './documents.ts'
import { findOwner, zonesByName } from './ownership.ts'
import { quote } from './problems.ts'
import type { Publisher } from './publish.ts'
import type { NotRecorded } from './record-change.ts'
import { findSameRoute, judgePattern } from './route-judgement.ts'
import { readRoutes, readScript, routesPrefix, type WorkerRoute } from './script-documents.ts'
import { MAX_ROUTES } from './script-limits.ts'
import { patternHost } from './script-routes.ts'
import type { RouteProblem, RouteRequest, ScriptRouteRequest, WorkerRoutesService } from './worker-routes-contract.ts'

const newId = (): string => crypto.randomUUID().replaceAll('-', '')
const UNKNOWN_ROUTE = { kind: 'unknown-route' } as const

export function makeWorkerRoutesService(publisher: Publisher): WorkerRoutesService {
  const { documents } = publisher

  const list = (zoneId: string): readonly WorkerRoute[] => readRoutes(documents, zoneId)
  const find = (zoneId: string, id: string): WorkerRoute | undefined =>
    documents.read(routesPrefix(zoneId) + id) as WorkerRoute | undefined

  function record<Value>(
    work: (draft: DocumentsDraft) => Result<Value, RouteProblem>,
  ): Result<Value, RouteProblem | NotRecorded> {
    return publisher.record(work)
  }

  function write(
    draft: DocumentsDraft,
    zoneId: string,
    id: string,
    { pattern, script, failOpen }: RouteRequest,
  ): Result<WorkerRoute, RouteProblem> {
    const zone = publisher.findZone(zoneId)
    if (zone === undefined) return fail({ kind: 'unknown-zone', message: `no zone has the id ${zoneId}` })
    const others = readRoutes(draft, zoneId).filter((each) => each.id !== id)
    const judged = judgePattern(pattern, zone.record.name, others)
    if (!judged.ok) return judged
    if (others.length >= MAX_ROUTES) {
      return fail({ kind: 'too-many', message: `the zone has ${MAX_ROUTES} routes; remove one` })
    }
    if (script !== undefined && readScript(draft, script) === undefined) return fail(unknownScript(script))
    const route: WorkerRoute = { id, pattern, ...(script !== undefined && { script }), fail_open: failOpen }
    draft.write(routesPrefix(zoneId) + id, route)
    return ok(route)
  }

  function zoneOf({ pattern, zoneId, zoneName }: ScriptRouteRequest): Result<string, RouteProblem> {
    if (zoneId !== undefined) {
      if (publisher.findZone(zoneId) !== undefined) return ok(zoneId)
      return fail({ kind: 'unknown-zone', message: `no zone has the id ${quote(zoneId)}` })
    }
    const byName = zonesByName(publisher.zones())
    const host = zoneName ?? patternHost(pattern)
    const zone = zoneName === undefined ? findOwner(byName, host) : byName.get(zoneName.toLowerCase())
    if (zone !== undefined) return ok(zone.id)
    return fail({ kind: 'unknown-zone', message: `no zone has the host ${quote(host)} of the route ${quote(pattern)}` })
  }

  return {
    list,
    find,
    zoneOf,
    create: (zoneId, route) => record((draft) => write(draft, zoneId, newId(), route)),
    replace: (zoneId, id, route) =>
      record((draft) => {
        if (draft.read(routesPrefix(zoneId) + id) === undefined) return fail(UNKNOWN_ROUTE)
        return write(draft, zoneId, id, route)
      }),
    remove: (zoneId, id) =>
      record((draft) => {
        const before = draft.read(routesPrefix(zoneId) + id) as WorkerRoute | undefined
        if (before === undefined) return fail(UNKNOWN_ROUTE)
        draft.remove(routesPrefix(zoneId) + id)
        return ok(before)
      }),
    replaceAllOf: (script, requests) =>
      record((draft) => {
        const before = removeRoutesOf(draft, script, publisher)
        const routes: WorkerRoute[] = []
        for (const request of requests) {
          const zone = zoneOf(request)
          if (!zone.ok) return zone
          // Of another Worker, the pattern goes over to this one: wrangler has asked about it.
          const taken = findSame(draft, zone.value, request.pattern, publisher)
          if (taken !== undefined && taken.script !== script) draft.remove(routesPrefix(zone.value) + taken.id)
          const kept = before.get(`${zone.value} ${request.pattern}`) ?? taken
          const route = { pattern: request.pattern, script, failOpen: kept?.fail_open ?? false }
          const written = write(draft, zone.value, kept?.id ?? newId(), route)
          if (!written.ok) return written
          routes.push(written.value)
        }
        return ok(routes)
      }),
  }
}

function unknownScript(name: string): RouteProblem {
  return { kind: 'unknown-script', message: `there is no Worker ${quote(name)}; upload it first` }
}

function findSame(draft: DocumentsDraft, zoneId: string, text: string, publisher: Publisher): WorkerRoute | undefined {
  const zoneName = publisher.findZone(zoneId)?.record.name ?? ''
  const pattern = parseRoutePattern(text, zoneName)
  return pattern.ok ? findSameRoute(pattern.value, zoneName, readRoutes(draft, zoneId)) : undefined
}

/** Removes the Worker's routes in every zone; answers them by zone and pattern, so that what comes back keeps its id. */
function removeRoutesOf(draft: DocumentsDraft, script: string, publisher: Publisher): ReadonlyMap<string, WorkerRoute> {
  const removed = new Map<string, WorkerRoute>()
  for (const { id: zoneId } of publisher.zones()) {
    for (const route of readRoutes(draft, zoneId)) {
      if (route.script !== script) continue
      draft.remove(routesPrefix(zoneId) + route.id)
      removed.set(`${zoneId} ${route.pattern}`, route)
    }
  }
  return removed
}
