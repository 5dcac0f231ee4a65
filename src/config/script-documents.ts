// What the documents of scripts look like, and under which paths they are.  Instants are in milliseconds.
//
//   scripts/<name>                          ScriptRecord: a Worker
//   script_versions/<name>/<number>         VersionDocument
//   script_deployments/<name>/<number>      DeploymentDocument
//   workers_subdomain                       the account's name below workers.dev, which nothing serves
//   zones/<zone>/worker_routes/<id>         WorkerRoute
//   zones/<zone>/worker_domains/<id>        WorkerDomain
//   zones/<zone>/snippets/<name>            SnippetDocument
//   zones/<zone>/snippet_rules              SnippetRules
//
// Module contents are blobs; the documents name them by their SHA-256.

import type { BindingType, ModuleType, ScriptBinding } from '../scripts/index.ts'
import type { Documents, DocumentsDraft } from './documents.ts'
import type { Maker } from './zone-documents.ts'

export type KeptModule = {
  readonly name: string
  readonly type: ModuleType
  /** SHA-256 of its content. */
  readonly hash: string
  /** In bytes. */
  readonly size: number
}

type BlobType = Extract<BindingType, 'text_blob' | 'data_blob' | 'wasm_module'>

/** A binding as it is kept: what came as a file is a blob, and a secret is sealed. */
export type KeptBinding =
  | Extract<ScriptBinding, { readonly type: 'plain_text' | 'json' }>
  | KeptSecret
  | { readonly type: BlobType; readonly name: string; readonly hash: string; readonly size: number }

/** In the clear: kept by an older version, or where no key could be made. */
export type KeptSecret =
  | { readonly type: 'secret_text'; readonly name: string; readonly sealed: string }
  | { readonly type: 'secret_text'; readonly name: string; readonly text: string }

/** What runs. */
export type KeptContent = {
  readonly main_module: string
  readonly modules: readonly KeptModule[]
  readonly bindings: readonly KeptBinding[]
  readonly compatibility_date: string
  readonly compatibility_flags: readonly string[]
}

/** What is of the Worker and not of a version. */
export type ScriptSettings = {
  readonly logpush: boolean
  readonly tags: readonly string[]
  readonly tail_consumers: readonly unknown[]
  /** As it was sent: nothing here stores logs. */
  readonly observability: unknown
}

export type ScriptRecord = {
  /** 32 hex digits. */
  readonly tag: string
  readonly made_by: Maker
  readonly created_on: number
  readonly modified_on: number
  /** The number of the newest version, and of the newest deployment. */
  readonly newest_version: number
  readonly newest_deployment: number
  /** The number of the version that runs; absent: none yet. */
  readonly deployed_version?: number
  readonly settings: ScriptSettings
  readonly subdomain: { readonly enabled: boolean; readonly previews_enabled: boolean }
}

export type Annotations = Readonly<Record<string, string>>

export type VersionDocument = {
  /** A UUID. */
  readonly id: string
  readonly number: number
  readonly created_on: number
  /** Whose client made it: `wrangler`, `api`, `file`. */
  readonly source: string
  readonly annotations: Annotations
  readonly content: KeptContent
  /** SHA-256 of the content; the same for the same content. */
  readonly etag: string
  readonly startup_millis: number
  readonly handlers: readonly string[]
}

export type DeploymentDocument = {
  /** A UUID. */
  readonly id: string
  readonly number: number
  readonly created_on: number
  readonly source: string
  readonly annotations: Annotations
  readonly version_id: string
}

export type WorkerRoute = {
  /** 32 hex digits. */
  readonly id: string
  readonly pattern: string
  /** Absent: what matches runs no Worker. */
  readonly script?: string
  readonly fail_open: boolean
  /** Absent: the API. */
  readonly set_by?: Maker
}

export type WorkerDomain = {
  /** 32 hex digits. */
  readonly id: string
  readonly hostname: string
  readonly script: string
  readonly set_by?: Maker
}

export type SnippetDocument = {
  /** A UUID, new with each upload. */
  readonly id: string
  readonly created_on: number
  readonly modified_on: number
  readonly main_module: string
  readonly modules: readonly KeptModule[]
  readonly set_by?: Maker
}

export type SnippetRuleDocument = {
  /** 32 hex digits. */
  readonly id: string
  readonly snippet_name: string
  readonly expression: string
  readonly description: string
  readonly enabled: boolean
  readonly last_updated: number
  /** Absent: the API. */
  readonly set_by?: Maker
}

export type SnippetRules = { readonly rules: readonly SnippetRuleDocument[] }

const SCRIPTS = 'scripts/'

/** Digits of a number in a path: so that paths are in the order of numbers. */
const NUMBER_DIGITS = 9
const padded = (number: number): string => String(number).padStart(NUMBER_DIGITS, '0')

export const scriptPath = (name: string): string => SCRIPTS + name
/** Whether a document says which version of a Worker runs. */
export const isScriptPath = (path: string): boolean => path.startsWith(SCRIPTS)
export const versionsPrefix = (name: string): string => `script_versions/${name}/`
export const scriptVersionPath = (name: string, number: number): string => versionsPrefix(name) + padded(number)
export const deploymentsPrefix = (name: string): string => `script_deployments/${name}/`
export const deploymentPath = (name: string, number: number): string => deploymentsPrefix(name) + padded(number)
export const SUBDOMAIN_PATH = 'workers_subdomain'
export const routesPrefix = (zone: string): string => `zones/${zone}/worker_routes/`
export const domainsPrefix = (zone: string): string => `zones/${zone}/worker_domains/`
export const snippetsPrefix = (zone: string): string => `zones/${zone}/snippets/`
export const snippetRulesPath = (zone: string): string => `zones/${zone}/snippet_rules`

type Reader = Pick<Documents | DocumentsDraft, 'read' | 'list'>

export function readScript(documents: Pick<Reader, 'read'>, name: string): ScriptRecord | undefined {
  return documents.read(scriptPath(name)) as ScriptRecord | undefined
}

/** Names of Workers, in their order. */
export function listScripts(documents: Pick<Reader, 'list'>): readonly (readonly [name: string, ScriptRecord])[] {
  return documents.list(SCRIPTS).map(([path, value]) => [path.slice(SCRIPTS.length), value as ScriptRecord] as const)
}

/** Versions that are kept, the oldest first. */
export function listVersions(documents: Pick<Reader, 'list'>, name: string): readonly VersionDocument[] {
  return documents.list(versionsPrefix(name)).map(([, value]) => value as VersionDocument)
}

/** Deployments that are kept, the oldest first. */
export function listDeployments(documents: Pick<Reader, 'list'>, name: string): readonly DeploymentDocument[] {
  return documents.list(deploymentsPrefix(name)).map(([, value]) => value as DeploymentDocument)
}

/** The version that runs, or undefined. */
export function readDeployed(documents: Pick<Reader, 'read'>, name: string): VersionDocument | undefined {
  const number = readScript(documents, name)?.deployed_version
  if (number === undefined) return undefined
  return documents.read(scriptVersionPath(name, number)) as VersionDocument | undefined
}

export function readSnippets(
  documents: Pick<Reader, 'list'>,
  zone: string,
): readonly (readonly [name: string, SnippetDocument])[] {
  const prefix = snippetsPrefix(zone)
  return documents.list(prefix).map(([path, value]) => [path.slice(prefix.length), value as SnippetDocument] as const)
}

export function readSnippetRules(documents: Pick<Reader, 'read'>, zone: string): SnippetRules {
  return (documents.read(snippetRulesPath(zone)) as SnippetRules | undefined) ?? { rules: [] }
}

export function readRoutes(documents: Pick<Reader, 'list'>, zone: string): readonly WorkerRoute[] {
  return documents.list(routesPrefix(zone)).map(([, value]) => value as WorkerRoute)
}

export function readDomains(documents: Pick<Reader, 'list'>, zone: string): readonly WorkerDomain[] {
  return documents.list(domainsPrefix(zone)).map(([, value]) => value as WorkerDomain)
}

/** The hash of every blob that a document of scripts names. */
export function hashesInUse(documents: Pick<Reader, 'list'>): ReadonlySet<string> {
  const hashes = new Set<string>()
  for (const [, value] of documents.list('script_versions/')) {
    const { modules, bindings } = (value as VersionDocument).content
    for (const { hash } of modules) hashes.add(hash)
    for (const binding of bindings) if ('hash' in binding) hashes.add(binding.hash)
  }
  for (const [path, value] of documents.list('zones/')) {
    if (path.split('/')[2] === 'snippets') for (const { hash } of (value as SnippetDocument).modules) hashes.add(hash)
  }
  return hashes
}
