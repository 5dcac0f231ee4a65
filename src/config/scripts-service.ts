// Workers as the API reads and changes them: scripts, their versions and deployments.
//
//   draft(change) ──► a script to be checked ──► commit(change) ──► version ──► deploy ──► snapshot
//
// W1  Versions and deployments are never changed; a change makes another.
// W2  The version that runs, and the newest, are kept; of the others the newest MAX_VERSIONS, within MAX_KEPT_BYTES.
// W3  A name has a record as long as it has a version.

import { type Bytes, fail, ok, type Result } from '../base/index.ts'
import type { Script, ScriptBinding, ScriptFindings } from '../scripts/index.ts'
import type { DocumentsDraft } from './documents.ts'
import type { NotRecorded, Publisher } from './publish.ts'
import { type CannotInherit, changeScript, type ScriptChange } from './script-change.ts'
import {
  type Annotations,
  type DeploymentDocument,
  deploymentPath,
  deploymentsPrefix,
  domainsPrefix,
  hashesInUse,
  type KeptBinding,
  type KeptContent,
  listDeployments,
  listScripts,
  listVersions,
  readDeployed,
  readScript,
  routesPrefix,
  type ScriptRecord,
  type ScriptSettings,
  SUBDOMAIN_PATH,
  scriptPath,
  scriptVersionPath,
  type VersionDocument,
  versionsPrefix,
  type WorkerDomain,
  type WorkerRoute,
} from './script-documents.ts'
import { MAX_DEPLOYMENTS, MAX_KEPT_BYTES, MAX_SCRIPTS, MAX_VERSIONS } from './script-limits.ts'
import { readZones } from './zone-documents.ts'

export type ScriptProblem =
  | { readonly kind: 'unknown-script' }
  | { readonly kind: 'unknown-version' }
  /** What the change builds upon does not run. */
  | { readonly kind: 'newest-not-deployed' }
  | CannotInherit
  | { readonly kind: 'too-many-scripts'; readonly limit: number }
  | NotRecorded

/** Who made something, and what they say of it. */
export type Authorship = { readonly source: string; readonly annotations: Annotations }

export type ScriptView = ScriptRecord & {
  readonly name: string
  readonly newest: VersionDocument
  /** The version that runs. */
  readonly deployed: VersionDocument | undefined
}

export type Commit = {
  readonly change: ScriptChange
  readonly findings: ScriptFindings
  readonly by: Authorship
  /** Whether the new version runs at once. */
  readonly deploy: boolean
  /** Whether the change is refused while the newest version does not run. */
  readonly uponDeployed?: boolean
  /** Whether a name that has no script gets one. */
  readonly create: boolean
}

export interface ScriptsService {
  list(): readonly ScriptView[]
  find(name: string): ScriptView | undefined
  /** The newest first. */
  versions(name: string): readonly VersionDocument[]
  /** The newest first. */
  deployments(name: string): readonly DeploymentDocument[]
  /** The script that a version is. */
  script(name: string, version: VersionDocument): Script
  /** The script that the change would make now, for a check. */
  draft(name: string, change: ScriptChange): Result<Script, ScriptProblem>
  /** Makes the change upon what is there by then. */
  commit(name: string, commit: Commit): Result<VersionDocument, ScriptProblem>
  /** Lets a version that is kept run. */
  deploy(name: string, versionId: string, by: Authorship): Result<DeploymentDocument, ScriptProblem>
  configure(name: string, change: Partial<ScriptSettings>): Result<ScriptView, ScriptProblem>
  setSubdomain(name: string, subdomain: ScriptRecord['subdomain']): Result<ScriptView, ScriptProblem>
  /** Removes the Worker with its versions, deployments, routes and domains. */
  remove(name: string): Result<undefined, ScriptProblem>
  /** The account's name below workers.dev, or undefined. */
  accountSubdomain(): string | undefined
  setAccountSubdomain(name: string): Result<string, ScriptProblem>
}

const CANDIDATE_ID = 'candidate'
const NO_SETTINGS: ScriptSettings = { logpush: false, tags: [], tail_consumers: [], observability: null }

export function makeScriptsService(publisher: Publisher): ScriptsService {
  const { documents, clock, library } = publisher

  const find = (name: string): ScriptView | undefined => {
    const record = readScript(documents, name)
    const newest = record && readVersion(documents, name, record.newest_version)
    return newest && { ...record, name, newest, deployed: readDeployed(documents, name) }
  }
  const found = (name: string): Result<ScriptView, ScriptProblem> => {
    const view = find(name)
    return view === undefined ? fail({ kind: 'unknown-script' }) : ok(view)
  }
  const newestOf = (draft: Pick<DocumentsDraft, 'read'>, name: string): Script | undefined => {
    const number = readScript(draft, name)?.newest_version
    const version = number === undefined ? undefined : readVersion(draft, name, number)
    return version && library.version(name, version)
  }

  function record<Value>(
    work: (draft: DocumentsDraft) => Result<Value, ScriptProblem>,
  ): Result<Value, ScriptProblem | NotRecorded> {
    return publisher.record(work)
  }

  function changeRecord(
    name: string,
    change: (before: ScriptRecord) => ScriptRecord,
  ): Result<ScriptView, ScriptProblem> {
    const recorded = record((draft) => {
      const before = readScript(draft, name)
      if (before === undefined) return fail({ kind: 'unknown-script' })
      draft.write(scriptPath(name), { ...change(before), modified_on: clock.now() } satisfies ScriptRecord)
      return ok(undefined)
    })
    return recorded.ok ? found(name) : recorded
  }

  function writeVersion(draft: DocumentsDraft, name: string, commit: Commit): Result<VersionDocument, ScriptProblem> {
    const now = clock.now()
    const before = readScript(draft, name)
    const refusal = judgeCommit(before, commit, listScripts(draft).length)
    if (refusal !== undefined) return fail(refusal)
    const script = changeScript(name, newestOf(draft, name), commit.change)
    if (!script.ok) return script
    const number = (before?.newest_version ?? 0) + 1
    const content = keep(script.value)
    const version: VersionDocument = {
      id: crypto.randomUUID(),
      number,
      created_on: now,
      ...commit.by,
      content,
      etag: etagOf(content),
      startup_millis: commit.findings.startupMillis,
      handlers: commit.findings.handlers,
    }
    draft.write(scriptVersionPath(name, number), version)
    const record = { ...(before ?? newRecord(now)), newest_version: number, modified_on: now } satisfies ScriptRecord
    draft.write(scriptPath(name), record)
    if (commit.deploy) writeDeployment(draft, name, record, version, commit.by)
    pruneVersions(draft, name)
    return ok(version)
  }

  function writeDeployment(
    draft: DocumentsDraft,
    name: string,
    record: ScriptRecord,
    version: VersionDocument,
    by: Authorship,
  ): DeploymentDocument {
    const number = record.newest_deployment + 1
    const now = clock.now()
    const id = crypto.randomUUID()
    const deployment: DeploymentDocument = { id, number, created_on: now, ...by, version_id: version.id }
    draft.write(deploymentPath(name, number), deployment)
    draft.write(scriptPath(name), {
      ...record,
      newest_deployment: number,
      deployed_version: version.number,
      modified_on: now,
    } satisfies ScriptRecord)
    const kept = listDeployments(draft, name)
    for (const { number: old } of kept.slice(0, -MAX_DEPLOYMENTS)) draft.remove(deploymentPath(name, old))
    return deployment
  }

  function keep({
    mainModule,
    modules,
    bindings,
    compatibilityDate,
    compatibilityFlags,
  }: Omit<Script, 'id'>): KeptContent {
    const { blobs } = documents
    return {
      main_module: mainModule,
      modules: modules.map(({ name, type, content }) => {
        return { name, type, hash: blobs.keep(content), size: content.length }
      }),
      bindings: bindings.map((each) => keepBinding(each, blobs.keep)),
      compatibility_date: compatibilityDate,
      compatibility_flags: compatibilityFlags,
    }
  }

  return {
    list: () => listScripts(documents).flatMap(([name]) => find(name) ?? []),
    find,
    versions: (name) => listVersions(documents, name).toReversed(),
    deployments: (name) => listDeployments(documents, name).toReversed(),
    script: library.version,
    draft: (name, change) => {
      const script = changeScript(name, newestOf(documents, name), change)
      return script.ok ? ok({ ...script.value, id: CANDIDATE_ID }) : script
    },
    commit: (name, commit) => {
      const committed = record((draft) => writeVersion(draft, name, commit))
      if (committed.ok) forgetBlobs(publisher)
      return committed
    },
    deploy: (name, versionId, by) =>
      record((draft) => {
        const before = readScript(draft, name)
        if (before === undefined) return fail({ kind: 'unknown-script' })
        const version = listVersions(draft, name).find(({ id }) => id === versionId)
        if (version === undefined) return fail({ kind: 'unknown-version' })
        return ok(writeDeployment(draft, name, before, version, by))
      }),
    configure: (name, change) =>
      changeRecord(name, (before) => ({ ...before, settings: { ...before.settings, ...change } })),
    setSubdomain: (name, subdomain) => changeRecord(name, (before) => ({ ...before, subdomain })),
    remove: (name) => {
      const removed = record((draft): Result<undefined, ScriptProblem> => {
        if (readScript(draft, name) === undefined) return fail({ kind: 'unknown-script' })
        removeScript(draft, name)
        return ok(undefined)
      })
      if (removed.ok) forgetBlobs(publisher)
      return removed
    },
    accountSubdomain: () => (documents.read(SUBDOMAIN_PATH) as { readonly name: string } | undefined)?.name,
    setAccountSubdomain: (name) =>
      record((draft) => {
        draft.write(SUBDOMAIN_PATH, { name })
        return ok(name)
      }),
  }
}

function readVersion(
  documents: Pick<DocumentsDraft, 'read'>,
  name: string,
  number: number,
): VersionDocument | undefined {
  return documents.read(scriptVersionPath(name, number)) as VersionDocument | undefined
}

function judgeCommit(before: ScriptRecord | undefined, commit: Commit, scripts: number): ScriptProblem | undefined {
  if (before === undefined) {
    if (!commit.create) return { kind: 'unknown-script' }
    return scripts >= MAX_SCRIPTS ? { kind: 'too-many-scripts', limit: MAX_SCRIPTS } : undefined
  }
  const isBehind = before.deployed_version !== before.newest_version
  return commit.uponDeployed === true && isBehind ? { kind: 'newest-not-deployed' } : undefined
}

function newRecord(now: number): ScriptRecord {
  return {
    tag: crypto.randomUUID().replaceAll('-', ''),
    made_by: 'api',
    created_on: now,
    modified_on: now,
    newest_version: 0,
    newest_deployment: 0,
    settings: NO_SETTINGS,
    subdomain: { enabled: false, previews_enabled: false },
  }
}

function keepBinding(binding: ScriptBinding, keep: (content: Uint8Array) => string): KeptBinding {
  switch (binding.type) {
    case 'text_blob': {
      const data = new TextEncoder().encode(binding.text)
      return { type: binding.type, name: binding.name, hash: keep(data), size: data.length }
    }
    case 'data_blob':
    case 'wasm_module':
      return { type: binding.type, name: binding.name, hash: keep(binding.data), size: binding.data.length }
    default:
      return binding
  }
}

function etagOf(content: KeptContent): string {
  return new Bun.CryptoHasher('sha256').update(JSON.stringify(content)).digest('hex')
}

/** Removes the oldest versions beyond the limits; the newest, and the one that runs, stay. */
function pruneVersions(draft: DocumentsDraft, name: string): void {
  const record = readScript(draft, name)
  let room: Bytes | number = MAX_KEPT_BYTES
  const newestFirst = listVersions(draft, name).toReversed()
  for (const [index, { number, content }] of newestFirst.entries()) {
    room -= content.modules.reduce((sum, { size }) => sum + size, 0)
    const mustStay = index === 0 || number === record?.deployed_version
    if (!mustStay && (index >= MAX_VERSIONS || room < 0)) draft.remove(scriptVersionPath(name, number))
  }
}

/** Removes a Worker with all that is its own and all that names it. */
export function removeScript(draft: DocumentsDraft, name: string): void {
  draft.remove(scriptPath(name))
  for (const prefix of [versionsPrefix(name), deploymentsPrefix(name)]) {
    for (const [path] of draft.list(prefix)) draft.remove(path)
  }
  for (const { id } of readZones(draft)) {
    for (const prefix of [routesPrefix(id), domainsPrefix(id)]) {
      for (const [path, value] of draft.list(prefix)) {
        if ((value as WorkerRoute | WorkerDomain).script === name) draft.remove(path)
      }
    }
  }
}

/** Forgets what no document names any more. */
export function forgetBlobs({ documents }: Pick<Publisher, 'documents'>): void {
  documents.blobs.retain(hashesInUse(documents))
}
