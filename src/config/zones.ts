// The zones of the document: origins, settings and rules resolved, and judged against each other.

import { IMPLICIT_ZONE_NAME } from './defaults.ts'
import { readRecordFields } from './dns-fields.ts'
import { identityOf, type RecordFields } from './dns-record.ts'
import { findOwner } from './ownership.ts'
import { type ConfigPath, printPath, quote, sentence } from './problems.ts'
import type { OriginEntry, ZoneConfig, ZoneSettings } from './resolved.ts'
import { NO_RULES, readRules, rulesOfFile } from './rules-file.ts'
import type { ZoneDocument } from './schema.ts'
import { readScripts } from './scripts-file.ts'
import { type OriginAddress, parseOriginUrl, parsePattern } from './texts.ts'
import { implicitSettings, resolveSettings } from './zone-settings.ts'

/** The zones; what is wrong with them, alone or together, is added to `problems`. */
export function resolveZones(documents: readonly ZoneDocument[], folder: string, problems: string[]): ZoneConfig[] {
  const names = new Map(documents.map(({ name }) => [name, name]))
  const zones = documents.map((document, index) => {
    const path = ['zones', index] as const
    const zone = resolveZone(document, path, problems)
    const scripts = readScripts(document, path, { folder, zones: names, problems })
    return { ...zone, written: { ...zone.written, ...scripts } }
  })
  checkWorkers(zones, problems)
  checkNames(zones, problems)
  checkPatterns(zones, problems)
  return zones
}

/** The zone that serves every Host from one origin server. */
export function implicitZone(address: OriginAddress): ZoneConfig {
  const settings = implicitSettings()
  const origins = [{ pattern: '*', target: targetOf(address, settings) }]
  const written = { origins: urlsOf(origins), settings: { browser_cache_ttl: settings.browserCacheTtl } }
  return { name: IMPLICIT_ZONE_NAME, origins, settings, rules: NO_RULES, written }
}

function resolveZone(document: ZoneDocument, path: ConfigPath, problems: string[]): ZoneConfig {
  const settings = resolveSettings(document.settings ?? {})
  const origins = resolveOrigins(document.origins ?? {}, settings, [...path, 'origins'], problems)
  const rules = readRules(document, path, problems)
  return {
    name: document.name,
    origins,
    settings,
    written: {
      ...rules,
      ...(document.origins !== undefined && { origins: urlsOf(origins) }),
      ...(document.settings !== undefined && { settings: document.settings }),
      ...(document.dns_records !== undefined && { dnsRecords: readRecords(document, path, problems) }),
    },
    rules: rulesOfFile(document.name, rules),
  }
}

/** The DNS records of a zone; what is wrong with them is added to `problems`. */
function readRecords({ name, dns_records = [] }: ZoneDocument, path: ConfigPath, problems: string[]): RecordFields[] {
  const seen = new Set<string>()
  return dns_records.flatMap((json, index) => {
    const fields = readRecordFields(json, name)
    if (!fields.ok) {
      problems.push(sentence([...path, 'dns_records', index, fields.problem.member], fields.problem.message))
      return []
    }
    const identity = identityOf(fields.value)
    if (seen.has(identity)) problems.push(sentence([...path, 'dns_records', index], 'this is there twice; remove one'))
    seen.add(identity)
    return [fields.value]
  })
}

function resolveOrigins(
  origins: Readonly<Record<string, OriginAddress>>,
  settings: ZoneSettings,
  path: ConfigPath,
  problems: string[],
): OriginEntry[] {
  const entries = new Map<string, OriginEntry>()
  for (const [written, address] of Object.entries(origins)) {
    const pattern = parsePattern(written)
    if (!pattern.ok) problems.push(sentence([...path, written], `${quote(written)} ${pattern.problem}`))
    else if (entries.has(pattern.value)) {
      problems.push(sentence([...path, written], `${quote(written)} is ${pattern.value} once more; remove one of them`))
    } else entries.set(pattern.value, { pattern: pattern.value, target: targetOf(address, settings) })
  }
  return [...entries.values()]
}

/** The entries that the URLs amount to; one that cannot be read is left out. */
export function originEntries(urls: Readonly<Record<string, string>>, settings: ZoneSettings): readonly OriginEntry[] {
  return Object.entries(urls).flatMap(([pattern, url]) => {
    const address = parseOriginUrl(url)
    return address.ok ? [{ pattern, target: targetOf(address.value, settings) }] : []
  })
}

function urlsOf(origins: readonly OriginEntry[]): Readonly<Record<string, string>> {
  return Object.fromEntries(origins.map(({ pattern, target }) => [pattern, target.base]))
}

function targetOf(address: OriginAddress, { ssl }: ZoneSettings): OriginEntry['target'] {
  return { ...address, verifyTls: ssl === 'strict' }
}

function checkNames(zones: readonly ZoneConfig[], problems: string[]): void {
  const seen = new Map<string, number>()
  for (const [index, { name }] of zones.entries()) {
    const first = seen.get(name)
    if (first === undefined) seen.set(name, index)
    else problems.push(sentence(['zones', index, 'name'], `${quote(name)} is zones[${first}] already; merge the two`))
  }
}

/** Workers are of the account: one of a name, and a route for one of them. */
function checkWorkers(zones: readonly ZoneConfig[], problems: string[]): void {
  const workers = zones.flatMap(({ written }) => written.workers ?? [])
  const seen = new Map<string, ConfigPath>()
  for (const { name, path } of workers) {
    const first = seen.get(name)
    if (first === undefined) seen.set(name, path.slice(0, -1))
    else
      problems.push(
        sentence(path.slice(0, -1), `${quote(name)} is ${printPath(first)} already; give it the routes of both`),
      )
  }
  for (const [index, { written }] of zones.entries()) {
    for (const [place, { script }] of (written.workerRoutes ?? []).entries()) {
      if (script === undefined || seen.has(script)) continue
      const path = ['zones', index, 'worker_routes', place, 'script']
      problems.push(sentence(path, `there is no Worker ${quote(script)} in this file; add it, or leave script out`))
    }
  }
}

/** A pattern that another zone decides about would never be looked at. */
function checkPatterns(zones: readonly ZoneConfig[], problems: string[]): void {
  const byName = new Map(zones.map((zone) => [zone.name, zone]))
  const foreign = new Map<string, string>()
  for (const [index, zone] of zones.entries()) {
    for (const { pattern } of zone.origins) {
      if (pattern === '*') continue
      const owner = findOwner(byName, pattern)?.name ?? foreign.get(pattern) ?? zone.name
      if (owner === zone.name) foreign.set(pattern, owner)
      else {
        const message = `${quote(pattern)} belongs to the zone ${owner}; write it there`
        problems.push(sentence(['zones', index, 'origins', pattern], message))
      }
    }
  }
}
