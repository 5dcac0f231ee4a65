// From documents to the snapshot, and one writer for all who change documents.
//
//   record(work) ──► documents.change (durable) ──► recompile what changed ──► listeners ──► `record` answers
//
// P1  When `record` answers, the change is durable and every listener has the snapshot that contains it.
// P2  Zones whose documents have not changed keep their compiled form: a change costs what it changes.

import { type Clock, type EventSink, fail, ok, type Result } from '../base/index.ts'
import type { Phase, StoredRule, UrlNormalization } from '../rulesets/index.ts'
import { compileZone, snapshotOf } from './compile.ts'
import { type CompiledScripts, compileScripts, domainEntries, isStillNamed } from './compile-scripts.ts'
import { DEVELOPMENT_MODE, developmentModeEnd } from './development-mode.ts'
import type { Documents, DocumentsDraft } from './documents.ts'
import type { OriginEntry, ResolvedConfig, ZoneConfig, ZoneRules } from './resolved.ts'
import type { RoutedZone } from './routes.ts'
import type { SettingsDocument } from './schema.ts'
import { makeScriptLibrary, type ScriptLibrary } from './script-library.ts'
import { servedHosts } from './served-hosts.ts'
import type { Snapshot } from './snapshot.ts'
import { readZones, type ZoneDocuments } from './zone-documents.ts'
import { zoneId } from './zone-id.ts'
import { resolveSettings } from './zone-settings.ts'
import { originEntries } from './zones.ts'

export type PublisherParts = {
  readonly documents: Documents
  readonly config: Pick<ResolvedConfig, 'zones'>
  readonly clock: Clock
  readonly events: EventSink
}

/** What a change could not be: not made durable.  Nothing has changed. */
export type NotRecorded = { readonly kind: 'not-recorded' }

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

/** Carries a problem out of a change, so that nothing of it stays. */
class Refused<Problem> extends Error {
  readonly result: Result<never, Problem>

  constructor(problem: Problem) {
    super('refused')
    this.result = fail(problem)
  }
}

export function makePublisher({ documents, config, clock, events }: PublisherParts): Publisher {
  const fileZones = new Map(config.zones.map((zone) => [zoneId(zone.name), zone]))
  const listeners = new Set<(snapshot: Snapshot) => void>()
  const library = makeScriptLibrary(documents)
  let compiled: ReadonlyMap<string, Compiled> = new Map()
  let snapshot = compile()

  function compile(): Snapshot {
    const zones = inOrder(
      readZones(documents, (id) => compiled.get(id)?.zone),
      fileZones,
    )
    const before = compiled
    compiled = new Map(
      zones.map((zone) => {
        const known = before.get(zone.id)
        if (known?.zone === zone && isStillNamed(known.scripts, library)) return [zone.id, known]
        const scripts = compileScripts(documents, library, { id: zone.id, name: zone.record.name })
        return [zone.id, compileDocuments(zone, scripts)]
      }),
    )
    for (const [id, { routed }] of compiled) if (before.get(id)?.routed !== routed) tellProblems(routed)
    return snapshotOf(
      [...compiled.values()].map(({ routed }) => routed),
      documents.revision,
    )
  }

  /** Rules that an older version took and this one cannot compile: they are off, and somebody should know. */
  function tellProblems({ zone }: RoutedZone): void {
    for (const problem of zone.rules.problems) events({ kind: 'notice', message: `${zone.name}: ${problem}` })
  }

  const stop = documents.onChange(() => {
    const before = [...compiled.values()]
    const next = compile()
    const after = [...compiled.values()]
    // A token, say, is nothing to the data plane.
    if (before.length === after.length && before.every((each, index) => each === after[index])) return
    snapshot = next
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
    record: (work) => {
      try {
        return ok(
          documents.change((draft) => {
            const result = work(draft)
            if (!result.ok) throw new Refused(result.problem)
            return result.value
          }),
        )
      } catch (cause) {
        if (cause instanceof Refused) return cause.result
        // Fail closed: what would not survive a restart is not done, and its sender is told.
        events({ kind: 'unexpected', where: 'configuration store', reason: String(cause) })
        return fail({ kind: 'not-recorded' })
      }
    },
    close: () => {
      stop()
      listeners.clear()
    },
  }
}

/** The file's zones in its order, then the API's, the oldest first.  What the file made and no longer names is not there. */
function inOrder(zones: readonly ZoneDocuments[], file: ReadonlyMap<string, ZoneConfig>): readonly ZoneDocuments[] {
  const byId = new Map(zones.map((zone) => [zone.id, zone]))
  const named = [...file.keys()].flatMap((id) => byId.get(id) ?? [])
  const others = zones.filter(({ id, record }) => !file.has(id) && record.made_by === 'api')
  return [...named, ...others.toSorted((a, b) => a.record.created_on - b.record.created_on)]
}

function compileDocuments(zone: ZoneDocuments, scripts: CompiledScripts): Compiled {
  const settings = resolveSettings(valuesOf(zone) as SettingsDocument)
  const served = withServedHosts(originEntries(zone.origins, settings), zone, settings.ssl)
  const config: ZoneConfig = {
    name: zone.record.name,
    origins: [...served, ...domainEntries(scripts, served)],
    settings,
    rules: rulesOf(zone, scripts),
    written: {},
  }
  const state = {
    developmentModeUntil: developmentModeEnd(zone.settings.get(DEVELOPMENT_MODE)),
    paused: zone.record.paused,
    scripts: scripts.scripts,
  }
  return { zone, scripts, routed: { zone: compileZone(config, state), origins: config.origins } }
}

const SNIPPETS_PHASE = 'http_request_snippets'

/** The rules of a zone, whoever made them. */
function rulesOf({ rulesets, settings }: ZoneDocuments, { snippetRules }: CompiledScripts): ZoneRules {
  const managed = (list: string) => (settings.get(list)?.value ?? []) as readonly string[]
  const snippets = [...(rulesets.get(SNIPPETS_PHASE) ?? []), ...snippetRules]
  return {
    rulesets:
      snippets.length === 0
        ? rulesets
        : new Map<Phase, readonly StoredRule[]>([...rulesets, [SNIPPETS_PHASE, snippets]]),
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
  return [...entries, ...servedHosts(dnsRecords, ssl).filter(({ pattern }) => !taken.has(pattern))]
}
