// The routes of zones to Workers, as the API reads and changes them.  The configuration store keeps them.

import type { Result } from '../base/index.ts'
import type { NotRecorded } from './record-change.ts'
import type { WorkerRoute } from './script-documents.ts'

export type RouteProblem =
  | { readonly kind: 'unknown-zone'; readonly message: string }
  | { readonly kind: 'unknown-route' }
  | { readonly kind: 'unknown-script'; readonly message: string }
  | { readonly kind: 'bad-pattern'; readonly message: string }
  | { readonly kind: 'duplicate-pattern'; readonly message: string }
  | { readonly kind: 'too-many'; readonly message: string }
  | NotRecorded

/** A route as it is asked for. */
export type RouteRequest = {
  readonly pattern: string
  /** undefined: what matches runs no Worker. */
  readonly script: string | undefined
  readonly failOpen: boolean
}

/** A route of a Worker; its zone by id, by name, or else by the pattern's host. */
export type ScriptRouteRequest = { readonly pattern: string; readonly zoneId?: string; readonly zoneName?: string }

export interface WorkerRoutesService {
  list(zoneId: string): readonly WorkerRoute[]
  find(zoneId: string, id: string): WorkerRoute | undefined
  create(zoneId: string, route: RouteRequest): Result<WorkerRoute, RouteProblem>
  replace(zoneId: string, id: string, route: RouteRequest): Result<WorkerRoute, RouteProblem>
  remove(zoneId: string, id: string): Result<WorkerRoute, RouteProblem>
  /** The zone that a route of a Worker would be of. */
  zoneOf(request: ScriptRouteRequest): Result<string, RouteProblem>
  /** Makes these all the routes of the Worker, in every zone; a pattern of another Worker goes over to it. */
  replaceAllOf(script: string, requests: readonly ScriptRouteRequest[]): Result<readonly WorkerRoute[], RouteProblem>
}
