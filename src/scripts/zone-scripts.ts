// The scripts of a zone as the configuration's snapshot carries them, and which Worker a URL runs.

import { compareRoutePatterns, isRouteMatch, type RequestedUrl, type RoutePattern } from './route-pattern.ts'
import type { Script } from './script.ts'

export type ScriptRoute = {
  readonly pattern: RoutePattern
  /** undefined: URLs of the pattern run no Worker, whatever less specific patterns say. */
  readonly script: Script | undefined
  /** Whether requests go on to the origin while the Worker is switched off for its failures, instead of failing. */
  readonly failOpen: boolean
}

/** A host of which a Worker is the origin server. */
export type ScriptDomain = { readonly hostname: string; readonly script: Script }

export type SnippetRule = {
  readonly script: Script
  /** In the rules language. */
  readonly expression: string
  readonly enabled: boolean
}

export type ZoneScripts = {
  /** Every Worker that a route or a domain names, each once. */
  readonly workers: readonly Script[]
  /** The most specific first. */
  readonly routes: readonly ScriptRoute[]
  readonly domains: readonly ScriptDomain[]
  /** In the order in which they run; a snippet without a rule is not here. */
  readonly snippets: readonly SnippetRule[]
}

export type WorkerChoice = { readonly script: Script; readonly failOpen: boolean }

/** Which Worker a URL runs, or undefined.  Routes go before domains.  CF workers/configuration/routing/routes §Background */
export function findWorker({ routes, domains }: ZoneScripts, url: RequestedUrl): WorkerChoice | undefined {
  const route = routes.find(({ pattern }) => isRouteMatch(pattern, url))
  if (route !== undefined) return route.script && { script: route.script, failOpen: route.failOpen }
  const domain = domains.find(({ hostname }) => hostname === url.host)
  return domain && { script: domain.script, failOpen: false }
}

/** The scripts of a zone from its parts, in any order; undefined when there is nothing to run. */
export function makeZoneScripts(parts: Omit<ZoneScripts, 'workers'>): ZoneScripts | undefined {
  const { domains, snippets } = parts
  const routes = parts.routes.toSorted((a, b) => compareRoutePatterns(a.pattern, b.pattern))
  const named = [...routes.flatMap(({ script }) => script ?? []), ...domains.map(({ script }) => script)]
  const workers = [...new Map(named.map((script) => [script.id, script])).values()]
  if (workers.length === 0 && snippets.length === 0) return undefined
  return Object.freeze({ workers, routes, domains, snippets })
}
