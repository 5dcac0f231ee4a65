// An upload of a Worker: its form, from parts and metadata to the change that it asks for.
// CF workers/configuration/multipart-upload-metadata

import { fail, ok, type Result } from '../../base/index.ts'
import type { BindingType, ScriptModule } from '../../scripts/index.ts'
import type { Form } from '../body.ts'
import type { ApiProblem } from '../errors.ts'
import { MAX_ANNOTATION_CHARACTERS, MAX_ANNOTATIONS, MAX_MODULES } from '../operations/workers/limits.ts'
import type { ScriptChange } from '../operations/workers/types.ts'
import { partsOfBindings, readBindings } from './bindings.ts'
import { readMetadata } from './metadata.ts'
import { findPart, moduleOf, type Part, readParts } from './modules.ts'

type Json = Readonly<Record<string, unknown>>
type Problems = readonly ApiProblem[]
type Code = NonNullable<ScriptChange['code']>

export type Upload = {
  readonly change: ScriptChange
  readonly annotations: Readonly<Record<string, string>>
  /** What is of the Worker and not of the version, where the upload says it. */
  readonly settings: { readonly logpush?: boolean; readonly tags?: readonly string[]; readonly observability?: unknown }
}

/** The upload that a form is. */
export function readUpload(form: Form): Result<Upload, Problems> {
  const metadata = readMetadata(form)
  if (!metadata.ok) return invalid(metadata.problem, '/metadata')
  return judge(metadata.value, readParts(form))
}

function judge(metadata: Json, parts: readonly Part[]): Result<Upload, Problems> {
  const lacking = findUnsupported(metadata)
  if (lacking !== undefined) return fail([lacking])
  const bindings = readBindings(metadata.bindings, parts)
  if (!bindings.ok) return bindings
  const bound = partsOfBindings(metadata.bindings, parts)
  const code = readCode(
    metadata,
    parts.filter((part) => !bound.has(part)),
  )
  if (!code.ok) return code
  const settings = readVersionSettings(metadata)
  if (!settings.ok) return settings
  return ok({
    change: { code: code.value, bindings: bindings.value, ...settings.value },
    annotations: readAnnotations(metadata.annotations),
    settings: readScriptSettings(metadata),
  })
}

/** The code alone: what `content` and snippets upload. */
export function readCode({ main_module: main, body_part: body }: Json, parts: readonly Part[]): Result<Code, Problems> {
  if (typeof main === 'string') return readModules(main, parts)
  if (typeof body === 'string') return readServiceWorker(body, parts)
  return invalid('main_module is missing; name the part that runs', '/metadata/main_module')
}

function readModules(main: string, parts: readonly Part[]): Result<Code, Problems> {
  const mainPart = findPart(parts, main)
  if (mainPart === undefined) return noPart(main, 'main_module', parts)
  if (parts.length > MAX_MODULES)
    return invalid(`${parts.length} modules are more than ${MAX_MODULES}; bundle them`, '')
  const modules: ScriptModule[] = []
  for (const part of parts) {
    const module = moduleOf(part, part === mainPart)
    if (!module.ok) return invalid(module.problem, '')
    if (module.value === undefined) continue
    const { name } = module.value
    if (name === '') return invalid('a module has no name; give its part one', '')
    if (modules.some((each) => each.name === name)) return invalid(`the module ${shown(name)} is there twice`, '')
    modules.push(module.value)
  }
  return ok({ mainModule: mainPart.name, modules })
}

function readServiceWorker(body: string, parts: readonly Part[]): Result<Code, Problems> {
  const part = findPart(parts, body)
  if (part === undefined) return noPart(body, 'body_part', parts)
  return ok({ mainModule: part.name, modules: [{ name: part.name, type: 'script', content: part.content }] })
}

function noPart(wanted: string, member: string, parts: readonly Part[]): Result<never, Problems> {
  const there = parts.slice(0, 5).map(({ name }) => shown(name))
  const message = `${member} names the part ${shown(wanted)}, which is not there; there are ${there.join(', ') || 'none'}`
  return invalid(message, `/metadata/${member}`)
}

type VersionSettings = Pick<ScriptChange, 'keep' | 'compatibilityDate' | 'compatibilityFlags'>

/** Wrangler of the 4.42 line says nothing of secrets when it deploys, and none is lost by that. */
const KEPT: readonly BindingType[] = ['secret_text']

/** What a version has beside code and bindings. */
export function readVersionSettings(metadata: Json): Result<VersionSettings, Problems> {
  const { compatibility_date: date, compatibility_flags: flags = [], keep_bindings: keep = KEPT } = metadata
  if (date !== undefined && (typeof date !== 'string' || !isDate(date))) {
    return invalid(`${shown(date)} is not a date; write for example "2026-11-01"`, '/metadata/compatibility_date')
  }
  if (!isListOf(flags, (flag) => /^[a-z0-9_]{1,100}$/.test(flag))) {
    return invalid('compatibility_flags is not an array of names of flags', '/metadata/compatibility_flags')
  }
  if (!isListOf(keep, () => true)) return invalid('keep_bindings is not an array of kinds', '/metadata/keep_bindings')
  return ok({
    keep: keep as readonly BindingType[],
    ...(date !== undefined && { compatibilityDate: date }),
    ...(metadata.compatibility_flags !== undefined && { compatibilityFlags: flags }),
  })
}

/** A day that is one; `2026-02-30` is none. */
function isDate(text: string): boolean {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text)) return false
  const instant = new Date(`${text}T00:00:00Z`)
  return !Number.isNaN(instant.getTime()) && instant.toISOString().startsWith(text)
}

const MAX_LISTED = 200

function isListOf(value: unknown, judge: (text: string) => boolean): value is readonly string[] {
  return (
    Array.isArray(value) && value.length <= MAX_LISTED && value.every((each) => typeof each === 'string' && judge(each))
  )
}

/** What asks for a product that is not here, and whether it asks for anything. */
const UNSUPPORTED: Readonly<Record<string, string>> = {
  assets: 'static assets',
  migrations: 'Durable Objects',
  exports: 'Durable Objects',
  containers: 'containers',
  tail_consumers: 'tail consumers',
  streaming_tail_consumers: 'tail consumers',
}

export function findUnsupported(metadata: Json): ApiProblem | undefined {
  for (const [member, product] of Object.entries(UNSUPPORTED)) {
    if (!Object.hasOwn(metadata, member) || asksForNothing(metadata[member])) continue
    const message = `this edge does not have ${product}; leave ${member} out`
    return { kind: 'unsupported-feature', message, pointer: `/metadata/${member}` }
  }
  return undefined
}

function asksForNothing(value: unknown): boolean {
  if (value === undefined || value === null || value === false) return true
  return Array.isArray(value) ? value.length === 0 : typeof value === 'object' && Object.keys(value).length === 0
}

/** Those that are strings, within bounds; the rest is nobody's. */
export function readAnnotations(json: unknown): Readonly<Record<string, string>> {
  if (typeof json !== 'object' || json === null) return {}
  const entries = Object.entries(json).filter(
    (entry): entry is [string, string] => typeof entry[1] === 'string' && entry[0].startsWith('workers/'),
  )
  const cut = entries.slice(0, MAX_ANNOTATIONS).map(([name, text]) => {
    return [name.slice(0, MAX_ANNOTATION_CHARACTERS), text.slice(0, MAX_ANNOTATION_CHARACTERS)] as const
  })
  return Object.fromEntries(cut)
}

/** What is of the Worker and not of a version. */
export function readScriptSettings({ logpush, tags, observability }: Json): Upload['settings'] {
  return {
    ...(typeof logpush === 'boolean' && { logpush }),
    ...(isListOf(tags, (tag) => tag.length <= MAX_ANNOTATION_CHARACTERS) && { tags }),
    ...(isSmallObject(observability) && { observability }),
  }
}

const MAX_OBSERVABILITY_CHARACTERS = 4000

function isSmallObject(value: unknown): boolean {
  return typeof value === 'object' && value !== null && JSON.stringify(value).length <= MAX_OBSERVABILITY_CHARACTERS
}

function invalid(message: string, pointer: string): Result<never, Problems> {
  return fail([{ kind: 'invalid-body', message, pointer }])
}

function shown(value: unknown): string {
  return (JSON.stringify(value) ?? 'nothing').slice(0, 100)
}
