// The bindings of an upload's metadata.  What this edge does not have is refused by name: a Worker that silently lacks its
// database would fail later and worse.

import { fail, ok, type Result } from '../../base/index.ts'
import { isBindingName, type ScriptBinding } from '../../scripts/index.ts'
import type { ApiProblem } from '../errors.ts'
import { MAX_BINDINGS, MAX_VARIABLE_BYTES } from '../operations/workers/limits.ts'
import type { ScriptChange } from '../operations/workers/types.ts'
import { findPart, type Part } from './modules.ts'

export type Binding = ScriptChange['bindings'][number]
type Json = Readonly<Record<string, unknown>>
type Problems = readonly ApiProblem[]

const SUPPORTED = 'plain_text, json, secret_text, text_blob, data_blob, wasm_module and inherit'

/**
 * The bindings; `parts` are those of the upload, which some of them name.  With `echoed`, what the API shows of a binding
 * whose value it does not show (a secret, a file), or a binding without its value, means that it stays as it is.
 */
export function readBindings(
  json: unknown,
  parts: readonly Part[],
  echoed: 'echoed' | undefined = undefined,
): Result<readonly Binding[], Problems> {
  if (json === undefined || json === null) return ok([])
  if (!Array.isArray(json)) return invalid('bindings is not an array; send [{ "type", "name", ... }]', '/bindings')
  if (json.length > MAX_BINDINGS) {
    return invalid(`${json.length} bindings are more than ${MAX_BINDINGS}; leave some out`, '/bindings')
  }
  const bindings: Binding[] = []
  const unsupported: string[] = []
  for (const [index, each] of json.entries()) {
    const binding = readBinding(echoed === undefined ? each : unechoed(each, parts), parts)
    if (binding.ok) bindings.push(binding.value)
    else if (binding.problem.kind === 'unsupported') unsupported.push(binding.problem.what)
    else return invalid(binding.problem.message, `/bindings/${index}`)
  }
  const twice = bindings.find(({ name }, index) => bindings.findIndex((other) => other.name === name) !== index)
  if (twice !== undefined) return invalid(`the binding ${twice.name} is there twice; rename one`, '/bindings')
  if (unsupported.length === 0) return ok(bindings)
  const message = `this edge does not have bindings of the kind ${unsupported.join(', ')}; it has ${SUPPORTED}`
  return fail([{ kind: 'unsupported-feature', message: message.slice(0, 2000), pointer: '/bindings' }])
}

/** What the API shows of a binding without its value, as one that is inherited. */
function unechoed(json: unknown, parts: readonly Part[]): unknown {
  if (typeof json !== 'object' || json === null) return json
  const { type, name, part } = json as Json
  const isBare = type !== 'inherit' && !['text', 'json', 'part'].some((member) => member in json)
  const isFile = typeof part === 'string' && findPart(parts, part) === undefined
  return isBare || isFile ? { type: 'inherit', name } : json
}

type BindingProblem =
  | { readonly kind: 'unsupported'; readonly what: string }
  | { readonly kind: 'invalid'; readonly message: string }

function readBinding(json: unknown, parts: readonly Part[]): Result<Binding, BindingProblem> {
  if (typeof json !== 'object' || json === null) return bad('a binding is not an object; send { "type", "name", ... }')
  const { type, name } = json as Json
  if (typeof name !== 'string' || !isBindingName(name)) {
    return bad(`${shown(name)} is not the name of a binding; use letters, digits and _`)
  }
  switch (type) {
    case 'plain_text':
    case 'secret_text':
      return readText(type, name, (json as Json).text)
    case 'json':
      return readJson(name, (json as Json).json)
    case 'text_blob':
    case 'data_blob':
    case 'wasm_module':
      return readBlob(type, name, (json as Json).part, parts)
    case 'inherit': {
      const { old_name: from = name, version_id: version } = json as Json
      if (typeof from !== 'string') return bad(`old_name of the binding ${name} is not a string`)
      if (version !== undefined && version !== 'latest')
        return bad('version_id can only be "latest" here; leave it out')
      return ok({ type, name, from })
    }
    default:
      return fail({ kind: 'unsupported', what: `${String(type).slice(0, 60)} (${name.slice(0, 60)})` })
  }
}

function readText(type: 'plain_text' | 'secret_text', name: string, text: unknown): Result<Binding, BindingProblem> {
  if (typeof text !== 'string') return bad(`text of the binding ${name} is not a string; put it in quotes`)
  const size = new TextEncoder().encode(text).length
  if (size <= MAX_VARIABLE_BYTES) return ok(type === 'plain_text' ? { type, name, text } : { type, name, text })
  return bad(`the binding ${name} has ${size} bytes, more than ${MAX_VARIABLE_BYTES}; shorten it`)
}

function readJson(name: string, json: unknown): Result<Binding, BindingProblem> {
  if (json === undefined) return bad(`json of the binding ${name} is missing; add it`)
  const size = new TextEncoder().encode(JSON.stringify(json)).length
  if (size <= MAX_VARIABLE_BYTES) return ok({ type: 'json', name, json })
  return bad(`the binding ${name} has ${size} bytes, more than ${MAX_VARIABLE_BYTES}; shorten it`)
}

function readBlob(
  type: Extract<ScriptBinding['type'], 'text_blob' | 'data_blob' | 'wasm_module'>,
  name: string,
  partName: unknown,
  parts: readonly Part[],
): Result<Binding, BindingProblem> {
  const part = typeof partName === 'string' ? findPart(parts, partName) : undefined
  if (part === undefined)
    return bad(`the binding ${name} names the part ${shown(partName)}, which is not there; send it`)
  const { content } = part
  if (type === 'text_blob') return ok({ type, name, text: new TextDecoder().decode(content) })
  return ok({ type, name, data: content })
}

/** The parts that bindings name: they are no modules. */
export function partsOfBindings(json: unknown, parts: readonly Part[]): ReadonlySet<Part> {
  const list: readonly unknown[] = Array.isArray(json) ? json : []
  const named = list.flatMap((each) => {
    const part = typeof each === 'object' && each !== null ? (each as Json).part : undefined
    return typeof part === 'string' ? (findPart(parts, part) ?? []) : []
  })
  return new Set(named)
}

function bad(message: string): Result<never, BindingProblem> {
  return fail({ kind: 'invalid', message })
}

function invalid(message: string, pointer: string): Result<never, Problems> {
  return fail([{ kind: 'invalid-body', message, pointer }])
}

function shown(value: unknown): string {
  return (JSON.stringify(value) ?? 'nothing').slice(0, 60)
}
