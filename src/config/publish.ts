// From documents to the snapshot, and one writer for all who change documents.
//
//   record(work) ──► documents.change (durable) ──► recompile what changed ──► listeners ──► `record` answers
//
// P1  When `record` answers, the change is durable and every listener has the snapshot that contains it.
// P2  A zone none of whose documents changed keeps its compiled form, and is not looked at: a change costs what it changes.

import type { Clock, EventSink, Result } from '../base/index.ts'
import type { Phase, StoredRule, UrlNormalization } from '../rulesets/index.ts'
import type { Script } from '../scripts/index.ts'
import {
  areOthers,
  isAccountRulesetPath,
  type RulesByPhase,
  readAccountRules,
  withAccountRules,
} from './account-rulesets.ts'
import { compileZone, snapshotOf } from './compile.ts'
import { type CompiledScripts, compileScripts, domainEntries, isStillNamed } from './compile-scripts.ts'
import { DEVELOPMENT_MODE, developmentModeEnd } from './development-mode.ts'
import type { Documents, DocumentsDraft } from './documents.ts'
import { rulesOfVariants } from './image-variants.ts'
import { type NotRecorded, recordChange } from './record-change.ts'
import type { OriginEntry, ZoneConfig, ZoneRules } from './resolved.ts'
import { placesOf, type RoutedZone, type ZonePlaces } from './routes.ts'
import type { SettingsDocument } from './schema.ts'
import { isScriptPath } from './script-documents.ts'
import { makeScriptLibrary, type ScriptLibrary } from './script-library.ts'
import { servedHosts } from './served-hosts.ts'
import type { Snapshot } from './snapshot.ts'
import { readZoneDocuments, readZones, type ZoneDocuments, zoneOfPath } from './zone-documents.ts'
import { zoneId } from './zone-id.ts'
import { resolveSettings } from './zone-settings.ts'
import { originEntries } from './zones.ts'

export type PublisherParts = {
  readonly documents: Documents
  /** The zones of the file, in its order. */
  readonly config: { readonly zones: readonly Pick<ZoneConfig, 'name'>[] }
  readonly clock: Clock
  readonly events: EventSink
}

export interface Publisher {
  readonly documents: Documents
  readonly clock: Clock
  readonly library: ScriptLibrary
  snapshot(): Snapshot
  /** The zones that are there, with their documents. */
  zones(): readonly ZoneDocuments[]
  findZone(id: string): ZoneDocuments | undefined
  onChange(listener: (snapshot: Snapshot) => void): () => void
  /** Changes documents; a work that answers a problem changes nothing. */
  record<Value, Problem>(work: (draft: DocumentsDraft) => Result<Value, Problem>): Result<Value, Problem | NotRecorded>
  close(): void
}

type Compiled = { readonly zone: ZoneDocuments; readonly scripts: CompiledScripts; readonly routed: RoutedZone }

export function makePublisher({ documents, config, clock, events }: PublisherParts): Publisher {
  const fileZones = new Map(config.zones.map((zone) => [zoneId(zone.name), zone]))
  const listeners = new Set<(snapshot: Snapshot) => void>()
  const library = makeScriptLibrary(documents)
  const refused = new WeakSet<Script>()
  let account = readAccountRules(documents)
  let compiled = compileAll(readZones(documents))
  /** undefined: a zone came or went. */
  let places: ZonePlaces | undefined
  let snapshot = takeSnapshot()

  function compileAndTell(zone: ZoneDocuments): Compiled {
    const scripts = compileScripts(documents, library, { id: zone.id, name: zone.record.name })
    const made = compileOne(zone, scripts, account.rulesFor(zone.record.name))
    tellProblems(made.routed)
    for (const worker of made.scripts.scripts?.workers ?? []) tellRefusal(worker)
    return made
  }

  /** Workers that are not to run: each version is told once. */
  function tellRefusal(worker: Script): void {
    if (worker.refusal === undefined || refused.has(worker)) return
    refused.add(worker)
    events({ kind: 'notice', message: worker.refusal })
  }

  /** Rules that an older version took and this one cannot compile: they are off, and somebody should know. */
  function tellProblems({ zone }: RoutedZone): void {
    for (const message of zone.rules.problems) events({ kind: 'notice', message })
  }

  function compileAll(zones: readonly ZoneDocuments[]): Map<string, Compiled> {
    return new Map(inOrder(zones, fileZones).map((zone) => [zone.id, compileAndTell(zone)]))
  }

  function takeSnapshot(): Snapshot {
    const routed = [...compiled.values()].map((each) => each.routed)
    places ??= placesOf(routed)
    return snapshotOf(routed, documents.revision, places)
  }

  /** Compiles the zone anew, or drops it when it is gone. */
  function recompile(id: string): void {
    const zone = readZoneDocuments(documents, id)
    if (zone !== undefined && compiled.has(id)) {
      compiled.set(id, compileAndTell(zone))
      return
    }
    places = undefined
    if (zone === undefined) compiled.delete(id)
    // A new one has its place among the others.
    else compiled = compileNew(zone)
  }

  function compileNew(zone: ZoneDocuments): Map<string, Compiled> {
    const others = [...compiled.values()].map((each) => each.zone)
    return new Map(
      inOrder([...others, zone], fileZones).map((each) => [each.id, compiled.get(each.id) ?? compileAndTell(each)]),
    )
  }

  const stop = documents.onChange((_, paths) => {
    const changed = new Set(paths.map(zoneOfPath).filter((id) => id !== undefined))
    // A zone names Workers, which are of no zone.
    if (paths.some(isScriptPath)) {
      for (const [id, { scripts }] of compiled) if (!isStillNamed(scripts, library)) changed.add(id)
    }
    if (paths.some(isAccountRulesetPath)) {
      const before = account
      account = readAccountRules(documents)
      for (const [id, { zone }] of compiled) if (areOthers(before, account, zone.record.name)) changed.add(id)
    }
    // A token, say, is nothing to the data plane.
    if (changed.size === 0) return
    for (const id of changed) recompile(id)
    snapshot = takeSnapshot()
    for (const listener of listeners) listener(snapshot)
  })

  return {
    documents,
    clock,
    library,
    snapshot: () => snapshot,
    zones: () => [...compiled.values()].map(({ zone }) => zone),
    findZone: (id) => compiled.get(id)?.zone,
    onChange: (listener) => {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },
    record: (work) => recordChange({ documents, events }, work),
    close: () => {
      stop()
      listeners.clear()
    },
  }
}

/** The file's zones in its order, then the API's, the oldest first.  What the file made and no longer names is not there. */
function inOrder(zones: readonly ZoneDocuments[], file: ReadonlyMap<string, unknown>): readonly ZoneDocuments[] {
  const byId = new Map(zones.map((zone) => [zone.id, zone]))
  const named = [...file.keys()].flatMap((id) => byId.get(id) ?? [])
  const others = zones.filter(({ id, record }) => !file.has(id) && record.made_by === 'api')
  return [...named, ...others.toSorted((a, b) => a.record.created_on - b.record.created_on)]
}

function compileOne(zone: ZoneDocuments, scripts: CompiledScripts, ofAccount: RulesByPhase): Compiled {
  const settings = resolveSettings(valuesOf(zone) as SettingsDocument)
  const served = withServedHosts(originEntries(zone.origins, settings), zone, settings.ssl)
  const config: ZoneConfig = {
    name: zone.record.name,
    origins: [...served, ...domainEntries(scripts, served)],
    settings,
    rules: rulesOf(zone, scripts, ofAccount),
    written: {},
  }
  const state = {
    developmentModeUntil: developmentModeEnd(zone.settings.get(DEVELOPMENT_MODE)),
    paused: zone.record.paused,
    scripts: scripts.scripts,
  }
  return { zone, scripts, routed: { zone: compileZone(config, state), origins: config.origins } }
}

const CACHE_PHASE = 'http_request_cache_settings'
const SNIPPETS_PHASE = 'http_request_snippets'

/** The rules of a zone, whoever made them. */
function rulesOf(
  { rulesets, settings }: ZoneDocuments,
  { snippetRules }: CompiledScripts,
  ofAccount: RulesByPhase,
): ZoneRules {
  const managed = (list: string) => (settings.get(list)?.value ?? []) as readonly string[]
  const ofVariants = rulesOfVariants(settings.get('variants')?.value)
  const ofCache = [...ofVariants, ...(rulesets.get(CACHE_PHASE) ?? [])]
  const ofSnippets = [...(rulesets.get(SNIPPETS_PHASE) ?? []), ...snippetRules]
  const own = new Map<Phase, readonly StoredRule[]>([
    ...rulesets,
    ...(ofVariants.length === 0 ? [] : [[CACHE_PHASE, ofCache] as const]),
    ...(snippetRules.length === 0 ? [] : [[SNIPPETS_PHASE, ofSnippets] as const]),
  ])
  return {
    rulesets: withAccountRules(ofAccount, own),
    urlNormalization: settings.get('url_normalization')?.value as UrlNormalization | undefined,
    managedTransforms: {
      request: managed('managed_request_headers'),
      response: managed('managed_response_headers'),
    },
  }
}

/** The settings that somebody set, as `settings` of varyant.json has them. */
function valuesOf({ settings }: ZoneDocuments): Readonly<Record<string, unknown>> {
  return Object.fromEntries([...settings].map(([id, { value }]) => [id, value]))
}

/** An entry of `origins` wins over a record of the same host. */
function withServedHosts(
  entries: readonly OriginEntry[],
  { dnsRecords }: ZoneDocuments,
  ssl: Parameters<typeof servedHosts>[1],
): readonly OriginEntry[] {
  const taken = new Set(entries.map(({ pattern }) => pattern))
  return [...entries, ...servedHosts(dnsRecords, ssl, entries).filter(({ pattern }) => !taken.has(pattern))]
}
