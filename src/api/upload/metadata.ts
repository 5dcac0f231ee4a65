// The metadata of an upload, in either form in which clients send it:
//
//   metadata                       one part, JSON                                    wrangler, curl
//   metadata[main_module]          a part for each value, brackets for each level    the official SDK
//   metadata[bindings][][type]     `[]` begins a new item whenever a name comes again
//
// Total and linear: what is no such thing is a problem, and no name reaches a prototype.

import { fail, ok, type Result } from '../../base/index.ts'
import type { Form } from '../body.ts'

type Json = Record<string, unknown>

const MAX_LEVELS = 16
const PART = /^metadata((?:\[[^[\]]*\])+)$/

/** The metadata, or what is wrong with it; a form without any has none. */
export function readMetadata(form: Form): Result<Json, string> {
  const whole = form.find(({ name }) => name === 'metadata')
  if (whole !== undefined) return parseJson(textOf(whole))
  const metadata = makeObject()
  let found = false
  for (const part of form) {
    const { name } = part
    const brackets = PART.exec(name)?.[1]
    if (brackets === undefined) continue
    found = true
    const levels = brackets.slice(1, -1).split('][')
    if (levels.length > MAX_LEVELS) return fail(`metadata is nested deeper than ${MAX_LEVELS} levels`)
    if (!place(metadata, levels, textOf(part)))
      return fail(`${name.slice(0, 100)} contradicts another part; send metadata as JSON`)
  }
  return found ? ok(metadata) : fail('metadata is missing; send it as a part of JSON')
}

function textOf({ content }: Form[number]): string {
  return new TextDecoder().decode(content)
}

function parseJson(text: string): Result<Json, string> {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    // The client's to mend.
    return fail('metadata is not JSON; send { "main_module": "..." }')
  }
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return ok(value as Json)
  return fail('metadata is not an object; send { "main_module": "..." }')
}

/** Without a prototype, so that every name is a name. */
function makeObject(): Json {
  return Object.create(null) as Json
}

/** Puts the value where the levels say; false when there is something else. */
function place(root: Json, levels: readonly string[], value: string): boolean {
  let at: Json | unknown[] = root
  for (const [index, level] of levels.entries()) {
    const next = levels[index + 1]
    if (next === undefined) return set(at, level, value)
    const inner: unknown = enter(at, level, levels.slice(index + 1))
    if (typeof inner !== 'object' || inner === null) return false
    at = inner as Json | unknown[]
  }
  return false
}

function set(at: Json | unknown[], level: string, value: string): boolean {
  if (Array.isArray(at)) return level === '' && at.push(value) > 0
  if (level === '' || level in at) return false
  at[level] = value
  return true
}

/** The object or list at a level, made when it is not there. */
function enter(at: Json | unknown[], level: string, below: readonly string[]): unknown {
  const make = (): Json | unknown[] => (below[0] === '' ? [] : makeObject())
  if (!Array.isArray(at)) {
    at[level] ??= make()
    return at[level]
  }
  if (level !== '') return undefined
  const last = at.at(-1)
  const isNew = typeof last !== 'object' || last === null || isTaken(last as Json | unknown[], below)
  if (!isNew) return last
  const made = make()
  at.push(made)
  return made
}

/** Whether an item of a list has the value at these levels already, so that another item begins. */
function isTaken(item: Json | unknown[], below: readonly string[]): boolean {
  if (Array.isArray(item)) return false
  const [level = '', next] = below
  if (!(level in item)) return false
  if (next === undefined) return true
  const inner = item[level]
  if (next === '' || typeof inner !== 'object' || inner === null) return false
  return isTaken(inner as Json, below.slice(1))
}
