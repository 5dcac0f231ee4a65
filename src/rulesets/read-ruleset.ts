// Reads rulesets and rules as clients send them: shape only.  Whether a rule can be run is for `ValidateRuleset` to say.
//
// What a client has read it may send back: members that only we write are accepted and ignored.  null is absence.

import { fail, ok, type Result } from '../base/index.ts'
import { type JsonProblem, type JsonReader, makeJsonReader } from './json-reader.ts'

/** What a rule does and when; the members that its sender decides. */
export type RuleDefinition = {
  readonly action: string
  readonly expression: string
  readonly description: string
  readonly enabled: boolean
  readonly action_parameters?: unknown
  readonly logging?: unknown
  readonly ratelimit?: unknown
  readonly exposed_credential_check?: unknown
}

/** Where a rule goes: before or after another ("" is the first, or the last place), or to a place counted from 1. */
export type Position = { readonly before: string } | { readonly after: string } | { readonly index: number }

export type RuleInput = {
  readonly id: string | undefined
  readonly ref: string | undefined
  readonly definition: RuleDefinition
}

export type RulesetInput = {
  readonly name: string | undefined
  readonly description: string | undefined
  readonly kind: string | undefined
  readonly phase: string | undefined
  readonly rules: readonly RuleInput[] | undefined
}

/** A body for one rule: its definition, its place, or both. */
export type RuleEdit = { readonly rule: RuleInput | undefined; readonly position: Position | undefined }

export const MAX_RULES = 1_000
const MAX_EXPRESSION_CHARACTERS = 4_096
const MAX_TEXT_CHARACTERS = 500
const ID = /^[0-9a-f]{32}$/

const READ_ONLY = ['version', 'last_updated', 'categories'] as const
const RULE_MEMBERS = [
  ...['action', 'action_parameters', 'expression', 'description', 'enabled', 'ref', 'id'],
  ...['logging', 'ratelimit', 'exposed_credential_check'],
]
const OBJECT_MEMBERS = ['action_parameters', 'logging', 'ratelimit', 'exposed_credential_check'] as const

type Members = ReadonlyMap<string, JsonReader>
type Problems = readonly JsonProblem[]

/** The ruleset of a body, or all that is wrong with its shape. */
export function readRuleset(json: unknown): Result<RulesetInput, Problems> {
  const { reader, problems } = makeJsonReader(json)
  const members = membersOf(reader, ['name', 'description', 'kind', 'phase', 'rules', 'id', ...READ_ONLY])
  const input: RulesetInput = {
    name: readText(members?.get('name'), 1),
    description: readText(members?.get('description'), 0),
    kind: members?.get('kind')?.string(),
    phase: members?.get('phase')?.string(),
    rules: readRules(members?.get('rules')),
  }
  return problems.length === 0 ? ok(input) : fail(problems)
}

/** The rule and the place of a body, or all that is wrong with its shape. */
export function readRuleEdit(json: unknown): Result<RuleEdit, Problems> {
  const { reader, problems } = makeJsonReader(json)
  const members = membersOf(reader, [...RULE_MEMBERS, 'position', ...READ_ONLY])
  const position = readPosition(members?.get('position'))
  const moves =
    members !== undefined && [...members.keys()].every((name) => name === 'position') && position !== undefined
  const rule = members === undefined || moves ? undefined : readRule(reader, members)
  return problems.length === 0 ? ok({ rule, position }) : fail(problems)
}

function readRules(reader: JsonReader | undefined): readonly RuleInput[] | undefined {
  return reader?.elements(0, MAX_RULES)?.flatMap((each) => {
    const members = membersOf(each, [...RULE_MEMBERS, ...READ_ONLY])
    const rule = members === undefined ? undefined : readRule(each, members)
    return rule === undefined ? [] : [rule]
  })
}

function readRule(reader: JsonReader, members: Members): RuleInput | undefined {
  const action = members.get('action')?.string()
  const expression = members.get('expression')?.string()
  if (!members.has('action')) reader.refuse('action is missing; name what the rule does')
  if (!members.has('expression')) reader.refuse('expression is missing; "true" matches every request')
  if ((expression?.length ?? 0) > MAX_EXPRESSION_CHARACTERS) {
    members
      .get('expression')
      ?.refuse(`${expression?.length} characters exceed ${MAX_EXPRESSION_CHARACTERS}; split the rule`)
  }
  const id = members.get('id')?.string()
  if (id !== undefined && !ID.test(id))
    members.get('id')?.refuse('an id has 32 hex digits; leave it out for a new rule')
  const objects = OBJECT_MEMBERS.flatMap((name) => {
    const member = members.get(name)
    return member === undefined || member.entries() === undefined ? [] : [[name, member.value] as const]
  })
  const definition = {
    description: readText(members.get('description'), 0) ?? '',
    enabled: members.get('enabled')?.boolean() ?? true,
    ...Object.fromEntries(objects),
  }
  const ref = readText(members.get('ref'), 1)
  if (action === undefined || expression === undefined) return undefined
  return { id, ref, definition: { action, expression, ...definition } }
}

function readPosition(reader: JsonReader | undefined): Position | undefined {
  const members = reader === undefined ? undefined : membersOf(reader, ['before', 'after', 'index'])
  const [first, second] = members ?? []
  if (first === undefined || second !== undefined) return reader?.refuse('use exactly one of before, after and index')
  const [name, member] = first
  if (name === 'index') {
    const index = member.integer('a place', 1, MAX_RULES)
    return index === undefined ? undefined : { index }
  }
  const id = member.string()
  if (id === undefined) return undefined
  return name === 'before' ? { before: id } : { after: id }
}

function readText(reader: JsonReader | undefined, min: number): string | undefined {
  const text = reader?.string()
  if (text === undefined) return undefined
  if (text.length < min) return reader?.refuse('this is empty; write something, or leave it out')
  if (text.length <= MAX_TEXT_CHARACTERS) return text
  return reader?.refuse(`${text.length} characters exceed ${MAX_TEXT_CHARACTERS}; shorten it`)
}

function membersOf(reader: JsonReader, known: readonly string[]): Members | undefined {
  const members = reader.members(known)
  return members && new Map([...members].filter(([, member]) => member.value !== null))
}
