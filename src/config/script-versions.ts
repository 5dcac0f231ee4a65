// Writing versions and deployments of Workers into a change of documents.

import type { Script, ScriptBinding } from '../scripts/index.ts'
import type { Documents, DocumentsDraft } from './documents.ts'
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
  listVersions,
  readScript,
  routesPrefix,
  type ScriptRecord,
  type ScriptSettings,
  scriptPath,
  scriptVersionPath,
  type VersionDocument,
  versionsPrefix,
  type WorkerDomain,
  type WorkerRoute,
} from './script-documents.ts'
import { MAX_DEPLOYMENTS, MAX_KEPT_BYTES, MAX_VERSIONS } from './script-limits.ts'
import { type Maker, readZones } from './zone-documents.ts'

export type VersionFacts = {
  readonly handlers: readonly string[]
  readonly startup_millis: number
  readonly source: string
  readonly annotations: Annotations
}

export type NewVersion = {
  readonly content: KeptContent
  readonly facts: VersionFacts
  /** Who makes the Worker, when it is not there yet. */
  readonly madeBy: Maker
  readonly now: number
}

const NO_SETTINGS: ScriptSettings = { logpush: false, tags: [], tail_consumers: [], observability: null }

/** Writes another version; the Worker is made when it is not there. */
export function writeVersion(
  draft: DocumentsDraft,
  name: string,
  { content, facts, madeBy, now }: NewVersion,
): VersionDocument {
  const before = readScript(draft, name)
  const number = (before?.newest_version ?? 0) + 1
  const id = crypto.randomUUID()
  const version: VersionDocument = { ...facts, id, number, created_on: now, content, etag: etagOf(content) }
  draft.write(scriptVersionPath(name, number), version)
  const record = before ?? newRecord(madeBy, now)
  draft.write(scriptPath(name), { ...record, newest_version: number, modified_on: now } satisfies ScriptRecord)
  pruneVersions(draft, name)
  return version
}

/** Lets a version run. */
export function writeDeployment(
  draft: DocumentsDraft,
  name: string,
  version: VersionDocument,
  { source, annotations, now }: Pick<VersionFacts, 'source' | 'annotations'> & { readonly now: number },
): DeploymentDocument | undefined {
  const record = readScript(draft, name)
  if (record === undefined) return undefined
  const number = record.newest_deployment + 1
  const id = crypto.randomUUID()
  const deployment: DeploymentDocument = { id, number, created_on: now, source, annotations, version_id: version.id }
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

/** Writes a version that runs at once. */
export function writeDeployed(draft: DocumentsDraft, name: string, made: NewVersion): VersionDocument {
  const version = writeVersion(draft, name, made)
  writeDeployment(draft, name, version, { ...made.facts, now: made.now })
  return version
}

/** The content of a script as documents have it; what is no JSON becomes a blob, and what is secret is sealed. */
export function keepContent(
  { name: owner, mainModule, modules, bindings, compatibilityDate, compatibilityFlags }: Omit<Script, 'id'>,
  { blobs: { keep }, secrets }: Pick<Documents, 'blobs' | 'secrets'>,
): KeptContent {
  return {
    main_module: mainModule,
    modules: modules.map(({ name, type, content }) => ({ name, type, hash: keep(content), size: content.length })),
    bindings: bindings.map((each) => keepBinding(each, keep, (text) => secrets.seal(text, owner))),
    compatibility_date: compatibilityDate,
    compatibility_flags: compatibilityFlags,
  }
}

function keepBinding(
  binding: ScriptBinding,
  keep: (content: Uint8Array) => string,
  seal: (text: string) => string,
): KeptBinding {
  switch (binding.type) {
    case 'text_blob': {
      const data = new TextEncoder().encode(binding.text)
      return { type: binding.type, name: binding.name, hash: keep(data), size: data.length }
    }
    case 'data_blob':
    case 'wasm_module':
      return { type: binding.type, name: binding.name, hash: keep(binding.data), size: binding.data.length }
    case 'secret_text':
      return 'text' in binding ? { type: binding.type, name: binding.name, sealed: seal(binding.text) } : binding
    default:
      return binding
  }
}

/** The same for the same content.  Everybody may see it: of secrets it has the names only, or it could be guessed against. */
export function etagOf(content: KeptContent): string {
  const bindings = content.bindings.map((each) =>
    each.type === 'secret_text' ? { type: each.type, name: each.name } : each,
  )
  return new Bun.CryptoHasher('sha256').update(JSON.stringify({ ...content, bindings })).digest('hex')
}

function newRecord(madeBy: Maker, now: number): ScriptRecord {
  return {
    tag: crypto.randomUUID().replaceAll('-', ''),
    made_by: madeBy,
    created_on: now,
    modified_on: now,
    newest_version: 0,
    newest_deployment: 0,
    settings: NO_SETTINGS,
    subdomain: { enabled: false, previews_enabled: false },
  }
}

/** Removes the oldest versions beyond the limits; the newest, and the one that runs, stay. */
function pruneVersions(draft: DocumentsDraft, name: string): void {
  const record = readScript(draft, name)
  let room: number = MAX_KEPT_BYTES
  for (const [index, { number, content }] of listVersions(draft, name).toReversed().entries()) {
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
export function forgetBlobs({ blobs, list }: Pick<Documents, 'blobs' | 'list'>): void {
  blobs.retain(hashesInUse({ list }))
}
