// The types of the configuration's services, as this folder speaks of them.

import type { Administration } from '../../../config/index.ts'
import type { ApiProblem } from '../../errors.ts'

export type ScriptsService = Administration['scripts']
export type ScriptView = NonNullable<ReturnType<ScriptsService['find']>>
export type VersionDocument = ScriptView['newest']
export type DeploymentDocument = ReturnType<ScriptsService['deployments']>[number]
export type Commit = Parameters<ScriptsService['commit']>[1]
export type ScriptChange = Commit['change']
export type Authorship = Commit['by']
export type ScriptSettings = ScriptView['settings']
type ProblemOf<Outcome> =
  Extract<Outcome, { readonly ok: false }> extends { readonly problem: infer Problem } ? Problem : never
export type ScriptProblem = ProblemOf<ReturnType<ScriptsService['commit']>>

export type WorkerRoutesService = Administration['workerRoutes']
export type WorkerRoute = ReturnType<WorkerRoutesService['list']>[number]
type WorkerDomainsService = Administration['workerDomains']
export type DomainView = ReturnType<WorkerDomainsService['list']>[number]
export type DomainProblem = ProblemOf<ReturnType<WorkerDomainsService['attach' | 'detach' | 'zoneOfHost']>>
export type RouteProblem = ProblemOf<ReturnType<WorkerRoutesService['create']>>

export type Problems = readonly ApiProblem[]
