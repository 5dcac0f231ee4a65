// From the documents of a zone to the scripts that its snapshot carries.
//
// Nothing here keeps a zone from being served: a route whose pattern this version cannot read (an older one stored it), and
// a rule or a route whose script is not there, are left out.

import { type StoredRule, toStoredRules } from '../rulesets/index.ts'
import { makeZoneScripts, parseRoutePattern, type Script, type ZoneScripts } from '../scripts/index.ts'
import type { Documents } from './documents.ts'
import type { OriginEntry } from './resolved.ts'
import { readDomains, readRoutes, readSnippetRules, readSnippets } from './script-documents.ts'
import type { ScriptLibrary } from './script-library.ts'

export type CompiledScripts = {
  readonly scripts: ZoneScripts | undefined
  /** The Workers that the zone names, as they were: when one is another, the zone is to be compiled anew. */
  readonly named: ReadonlyMap<string, Script | undefined>
  /** The snippet rules as rules of their phase. */
  readonly snippetRules: readonly StoredRule[]
}

export function compileScripts(
  documents: Pick<Documents, 'read' | 'list'>,
  library: ScriptLibrary,
  zone: { readonly id: string; readonly name: string },
): CompiledScripts {
  const named = new Map<string, Script | undefined>()
  const deployed = (name: string): Script | undefined => {
    const script = library.deployed(name)
    named.set(name, script)
    return script
  }
  const routes = readRoutes(documents, zone.id).flatMap(({ pattern: text, script: name, fail_open: failOpen }) => {
    const pattern = parseRoutePattern(text, zone.name)
    const script = name === undefined ? undefined : deployed(name)
    // A Worker that has no deployment yet must not switch off what is less specific.
    const isMissing = name !== undefined && script === undefined
    return pattern.ok && !isMissing ? [{ pattern: pattern.value, script, failOpen }] : []
  })
  const domains = readDomains(documents, zone.id).flatMap(({ hostname, script: name }) => {
    const script = deployed(name)
    return script === undefined ? [] : [{ hostname, script }]
  })
  const snippets = new Map(readSnippets(documents, zone.id))
  const kept = readSnippetRules(documents, zone.id).rules
  const rules = kept.flatMap(({ snippet_name, expression, enabled }) => {
    const snippet = snippets.get(snippet_name)
    return snippet === undefined ? [] : [{ script: library.snippet(snippet_name, snippet), expression, enabled }]
  })
  return { scripts: makeZoneScripts({ routes, domains, snippets: rules }), named, snippetRules: toStoredRules(kept) }
}

export function isStillNamed({ named }: CompiledScripts, library: ScriptLibrary): boolean {
  return [...named].every(([name, script]) => library.deployed(name) === script)
}

/** The discard prefix (RFC 6666): where a host leads whose origin is a Worker, and which the Worker then asks for. */
const NOWHERE: OriginEntry['target'] = {
  scheme: 'http',
  hostname: '100::',
  port: 80,
  base: 'http://[100::]:80',
  verifyTls: false,
}

/** Entries for the custom domains that no entry serves, so that their hosts are the zone's. */
export function domainEntries({ scripts }: CompiledScripts, entries: readonly OriginEntry[]): readonly OriginEntry[] {
  const hosts = scripts?.domains.map(({ hostname }) => hostname) ?? []
  return hosts
    .filter((host) => !entries.some(({ pattern }) => isServedBy(pattern, host)))
    .map((pattern) => ({ pattern, target: NOWHERE }))
}

function isServedBy(pattern: string, host: string): boolean {
  return pattern === '*' || pattern === host || (pattern.startsWith('*.') && host.endsWith(pattern.slice(1)))
}
