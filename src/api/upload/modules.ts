// The modules of an upload: its parts that are files, each of a type that says how others import it.
// CF workers/configuration/multipart-upload-metadata

import { fail, ok, type Result } from '../../base/index.ts'
import type { ModuleType, ScriptModule } from '../../scripts/index.ts'
import type { Form } from '../body.ts'

/** A part of an upload that is not its metadata. */
export type Part = {
  /** What metadata may call it: the part's own name, and that of its file. */
  readonly names: readonly string[]
  /** What modules import it by. */
  readonly name: string
  /** Its media type without parameters, lower case; empty when it has none. */
  readonly type: string
  readonly content: Uint8Array
}

const MODULE_TYPES: Readonly<Record<string, ModuleType>> = {
  'application/javascript+module': 'esm',
  'text/javascript+module': 'esm',
  'application/javascript': 'commonjs',
  'text/javascript': 'commonjs',
  'text/plain': 'text',
  'text/html': 'text',
  'application/octet-stream': 'data',
  'application/wasm': 'wasm',
  'application/json': 'json',
}

/** For stacks only, and not needed here. */
const SOURCE_MAP = 'application/source-map'
/** `files`, `files[]`, and in one line of the SDK `files[worker.js]`. */
const FILES = /^files(?:\[[^\]]*\])?$/
const METADATA = /^metadata(?:\[|$)/

/** Every part but the metadata, as it came. */
export function readParts(form: Form): readonly Part[] {
  return form.filter(({ name }) => !METADATA.test(name)).map(readPart)
}

function readPart({ name, fileName, type, content }: Form[number]): Part {
  const own = FILES.test(name) ? (fileName ?? name) : name
  return { names: [own, fileName ?? name, name], name: own, type, content }
}

/** The part that metadata speaks of; by its own name before that of its file. */
export function findPart(parts: readonly Part[], wanted: string): Part | undefined {
  return parts.find(({ name }) => name === wanted) ?? parts.find(({ names }) => names.includes(wanted))
}

/** The module that a part is, undefined for one that is none; or why it cannot be any. */
export function moduleOf(part: Part, isMain: boolean): Result<ScriptModule | undefined, string> {
  const { name, type, content } = part
  if (type === SOURCE_MAP) return ok(undefined)
  // Clients that do not know JavaScript modules send them under many types, and what runs first can be nothing else.
  if (isMain) return ok({ name, type: 'esm', content })
  const moduleType = Object.hasOwn(MODULE_TYPES, type) ? MODULE_TYPES[type] : undefined
  if (moduleType !== undefined) return ok({ name, type: isEsm(name, moduleType) ? 'esm' : moduleType, content })
  const remedy = 'send it as application/javascript+module, text/plain, application/octet-stream or application/wasm'
  return fail(
    `the part ${JSON.stringify(name.slice(0, 100))} has the type ${JSON.stringify(type.slice(0, 60))}; ${remedy}`,
  )
}

function isEsm(name: string, type: ModuleType): boolean {
  return type === 'commonjs' && name.endsWith('.mjs')
}
