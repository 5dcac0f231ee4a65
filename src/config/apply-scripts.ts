// Applies `workers`, `worker_routes` and `snippets` of varyant.json to the documents.
//
// What the file names is what it says, secrets aside, which no file has.  What it made and names no longer goes; what the API
// made stays.  The same file again makes no version.

import { epochMillis } from '../base/index.ts'
import type { Script } from '../scripts/index.ts'
import { isSameRoute, parseRoutePattern } from '../scripts/index.ts'
import type { Documents, DocumentsDraft } from './documents.ts'
import type { RouteInFile, SnippetInFile, WorkerInFile, ZoneConfig } from './resolved.ts'
import { changeScript } from './script-change.ts'
import {
  domainsPrefix,
  listScripts,
  readDeployed,
  readDomains,
  readRoutes,
  readScript,
  readSnippetRules,
  readSnippets,
  routesPrefix,
  type SnippetRules,
  snippetRulesPath,
  snippetsPrefix,
  type WorkerDomain,
  type WorkerRoute,
} from './script-documents.ts'
import { makeScriptLibrary } from './script-library.ts'
import { etagOf, keepContent, removeScript, writeDeployed } from './script-versions.ts'
import { makeRule, makeSnippetDocument } from './snippet-judgements.ts'
import { placeId, zoneId } from './zone-id.ts'

type Applying = { readonly draft: DocumentsDraft; readonly documents: Documents; readonly now: number }

/** Writes into the draft what the scripts of the file amount to. */
export function applyScripts(applying: Applying, zones: readonly ZoneConfig[]): void {
  const { draft } = applying
  const workers = zones.flatMap(({ written }) => written.workers ?? [])
  for (const worker of workers) applyWorker(applying, worker)
  for (const [name, { made_by }] of listScripts(draft)) {
    if (made_by === 'file' && !workers.some((worker) => worker.name === name)) removeScript(draft, name)
  }
  const routes = [
    ...workers.flatMap((worker) => worker.routes),
    ...zones.flatMap(({ written }) => written.workerRoutes ?? []),
  ]
  const domains = workers.flatMap(({ name, domains: hosts }) => hosts.map((host) => ({ ...host, script: name })))
  for (const { name, written } of zones) {
    const ofZone = <Each extends { readonly zone: string }>(all: readonly Each[]) =>
      all.filter(({ zone }) => zone === name)
    applyRoutes(applying, name, ofZone(routes))
    applyDomains(applying, name, ofZone(domains))
    applySnippets(applying, zoneId(name), written.snippets ?? [])
  }
}

/** The scripts of the file that are not running already, each with its place in the file: for a check before they do. */
export function scriptsToCheck(
  documents: Documents,
  zones: readonly ZoneConfig[],
): readonly { readonly path: SnippetInFile['path']; readonly script: Script }[] {
  const library = makeScriptLibrary(documents)
  const workers = zones.flatMap(({ written }) => written.workers ?? [])
  const changed = workers.flatMap(({ name, change, path }) => {
    const deployed = readDeployed(documents, name)
    const script = changeScript(name, deployed && library.version(name, deployed), change)
    if (!script.ok || deployed?.etag === etagOf(keepContent(script.value, documents))) return []
    return [{ path, script: { ...script.value, id: 'candidate' } }]
  })
  const snippets = zones.flatMap(({ name: zone, written }) =>
    (written.snippets ?? []).flatMap((snippet) => {
      const { name, code, path } = snippet
      if (isSnippetThere(documents, zoneId(zone), snippet)) return []
      const { mainModule, modules } = code
      return [{ path, script: { ...library.emptySnippet(name), id: 'candidate', mainModule, modules } }]
    }),
  )
  return [...changed, ...snippets]
}

function applyWorker({ draft, documents, now }: Applying, { name, change }: WorkerInFile): void {
  const deployed = readDeployed(draft, name)
  const before = deployed && makeScriptLibrary(documents).version(name, deployed)
  const script = changeScript(name, before, change)
  // The file inherits nothing, so this cannot fail.
  if (!script.ok) return
  const content = keepContent(script.value, documents)
  if (deployed?.etag === etagOf(content)) return
  const facts = { handlers: ['fetch'], startup_millis: 0, source: 'file', annotations: {} }
  const madeBy = readScript(draft, name)?.made_by ?? 'file'
  writeDeployed(draft, name, { content, facts, madeBy, now: epochMillis(now) })
}

function applyRoutes({ draft }: Applying, zoneName: string, wanted: readonly RouteInFile[]): void {
  const zone = zoneId(zoneName)
  const isWanted = (route: WorkerRoute) => wanted.some(({ pattern }) => isSame(pattern, route.pattern, zoneName))
  for (const route of readRoutes(draft, zone)) {
    if (route.set_by === 'file' && !isWanted(route)) draft.remove(routesPrefix(zone) + route.id)
  }
  for (const { pattern, script, failOpen } of wanted) {
    const known = readRoutes(draft, zone).find((route) => isSame(pattern, route.pattern, zoneName))
    const id = known?.id ?? placeId('worker_route', zone, pattern)
    const route: WorkerRoute = {
      ...{ id, pattern },
      ...(script !== undefined && { script }),
      ...{ fail_open: failOpen, set_by: 'file' },
    }
    if (JSON.stringify(known) !== JSON.stringify(route)) draft.write(routesPrefix(zone) + id, route)
  }
}

function isSame(a: string, b: string, zone: string): boolean {
  const [first, second] = [parseRoutePattern(a, zone), parseRoutePattern(b, zone)]
  return first.ok && second.ok && isSameRoute(first.value, second.value)
}

function applyDomains(
  { draft }: Applying,
  zoneName: string,
  wanted: readonly { readonly hostname: string; readonly script: string }[],
): void {
  const zone = zoneId(zoneName)
  for (const { id, hostname, set_by } of readDomains(draft, zone)) {
    const isWanted = wanted.some((each) => each.hostname === hostname)
    if (set_by === 'file' && !isWanted) draft.remove(domainsPrefix(zone) + id)
  }
  for (const { hostname, script } of wanted) {
    const known = readDomains(draft, zone).find((domain) => domain.hostname === hostname)
    const id = known?.id ?? placeId('worker_domain', zone, hostname)
    const domain: WorkerDomain = { id, hostname, script, set_by: 'file' }
    if (JSON.stringify(known) !== JSON.stringify(domain)) draft.write(domainsPrefix(zone) + id, domain)
  }
}

function applySnippets({ draft, documents, now }: Applying, zone: string, wanted: readonly SnippetInFile[]): void {
  for (const snippet of wanted) {
    if (isSnippetThere(draft, zone, snippet)) continue
    const path = snippetsPrefix(zone) + snippet.name
    const before = readSnippets(draft, zone).find(([name]) => name === snippet.name)?.[1]
    const times = { now, createdOn: before?.created_on ?? now }
    const document = makeSnippetDocument(snippet.code, documents.blobs.keep, times)
    draft.write(path, { ...document, set_by: before === undefined ? 'file' : (before.set_by ?? 'api') })
  }
  for (const [name, { set_by }] of readSnippets(draft, zone)) {
    if (set_by === 'file' && !wanted.some((snippet) => snippet.name === name)) draft.remove(snippetsPrefix(zone) + name)
  }
  applySnippetRules(draft, zone, wanted, now)
}

function isSnippetThere(documents: Pick<Documents, 'list'>, zone: string, { name, code }: SnippetInFile): boolean {
  const [, kept] = readSnippets(documents, zone).find(([each]) => each === name) ?? []
  if (kept === undefined) return false
  const made = makeSnippetDocument(code, (content) => new Bun.CryptoHasher('sha256').update(content).digest('hex'), {
    now: 0,
    createdOn: 0,
  })
  return kept.main_module === made.main_module && JSON.stringify(kept.modules) === JSON.stringify(made.modules)
}

/** The file's rules first, in its order; then those of snippets that it does not name. */
function applySnippetRules(draft: DocumentsDraft, zone: string, wanted: readonly SnippetInFile[], now: number): void {
  const before = readSnippetRules(draft, zone).rules
  const names = readSnippets(draft, zone).map(([name]) => name)
  const ofFile = wanted.flatMap(({ rule }) => {
    return rule === undefined ? [] : [{ ...makeRule(rule, before, now), set_by: 'file' as const }]
  })
  const others = before.filter(({ snippet_name, set_by }) => {
    return set_by !== 'file' && names.includes(snippet_name) && !wanted.some(({ name }) => name === snippet_name)
  })
  const rules: SnippetRules = { rules: [...ofFile, ...others] }
  if (JSON.stringify(rules.rules) === JSON.stringify(before)) return
  if (rules.rules.length === 0) draft.remove(snippetRulesPath(zone))
  else draft.write(snippetRulesPath(zone), rules)
}
