// The action `rewrite` of http_request_late_transform and http_response_headers_transform: Transform Rules on header fields.
// CF rules/transform/request-header-modification, response-header-modification
//
// All rules that match are applied in order; none sees what another did.  A value that is missing or empty removes the field
// that it was to set, and adds nothing.  A value that no field can have ends the request (1041): what a rule decodes never
// makes a header line of its own.

import type { Field, FieldList } from '../../http/index.ts'
import { STRING, type ValueExpression } from '../../rules/index.ts'
import type { RuleContext } from '../context.ts'
import {
  type HeaderSide,
  headerValueProblem,
  isHeaderName,
  MAX_HEADER_TOTAL_CHARACTERS,
  protectionOf,
} from '../header-rules.ts'
import { type JsonReader, quote } from '../json-reader.ts'
import { makeMatchMemo } from '../match-memo.ts'
import { makeMatcher } from '../matching.ts'
import type { HeaderEdit, HeaderEdits, RuleFault, RulesPhase } from '../outcomes.ts'
import { type CompiledRule, compileEnabled, type PhaseTable, readValueExpression, type StoredRule } from '../rule.ts'

type HeaderPhase = 'http_request_late_transform' | 'http_response_headers_transform'

type HeaderFault = RuleFault<1038 | 1040 | 1041>

/** An edit that is known beforehand, or one whose value is computed. */
type Operation =
  | HeaderEdit
  | { readonly operation: 'set' | 'add'; readonly name: string; readonly expression: ValueExpression }

type HeaderEffect = { readonly operations: readonly Operation[]; readonly isStatic: boolean }

const MAX_OPERATIONS = 100
const OPERATIONS = ['set', 'add', 'remove'] as const

const SIDES: Readonly<Record<HeaderPhase, HeaderSide>> = {
  http_request_late_transform: 'request',
  http_response_headers_transform: 'response',
}

export const REQUEST_HEADERS_TABLE = tableOf('http_request_late_transform')
export const RESPONSE_HEADERS_TABLE = tableOf('http_response_headers_transform')

function tableOf(phase: HeaderPhase): PhaseTable<HeaderEffect> {
  return { phase, actions: { rewrite: (reader) => readOperations(reader, phase) } }
}

export const compileRequestHeaders = (stored: readonly StoredRule[], problems: string[]) =>
  compileHeaders(REQUEST_HEADERS_TABLE, stored, problems)

export const compileResponseHeaders = (stored: readonly StoredRule[], problems: string[]) =>
  compileHeaders(RESPONSE_HEADERS_TABLE, stored, problems)

function compileHeaders(
  table: PhaseTable<HeaderEffect>,
  stored: readonly StoredRule[],
  problems: string[],
): RulesPhase<HeaderEdits | HeaderFault | undefined> | undefined {
  const rules = compileEnabled(table, stored, problems).map((rule) => ({ ...rule, sentence: sentenceOf(rule) }))
  if (rules.length === 0) return undefined
  const match = makeMatcher(rules.map(({ filter }) => filter))
  const memo = makeMatchMemo<HeaderEdits | HeaderFault>()
  return {
    run: (context, trail) => {
      context.beginPhase()
      const places: number[] = []
      let isStatic = true
      match(context, (place) => {
        const rule = rules[place]
        if (rule === undefined) return 'go on'
        places.push(place)
        trail.push(rule.sentence)
        isStatic &&= rule.effect.isStatic
        return 'go on'
      })
      if (places.length === 0) return undefined
      const matched = () => places.flatMap((place) => rules[place] ?? [])
      const make = () => editsOf(matched(), context)
      const outcome = isStatic ? memo(places, make) : make()
      if (outcome.kind === 'fault') trail.push(outcome.detail)
      return outcome
    },
  }
}

/** The fields with the edits carried out, in order. */
export function applyHeaderEdits(fields: FieldList, edits: readonly HeaderEdit[]): FieldList {
  const list = [...fields]
  for (const edit of edits) {
    if (edit.operation !== 'add') dropAll(list, edit.name)
    if (edit.operation !== 'remove') list.push([edit.name, edit.value])
  }
  return list
}

function dropAll(list: Field[], name: string): void {
  for (let at = list.length - 1; at >= 0; at -= 1) if (list[at]?.[0] === name) list.splice(at, 1)
}

function editsOf(rules: readonly CompiledRule<HeaderEffect>[], context: RuleContext): HeaderEdits | HeaderFault {
  const edits: HeaderEdit[] = []
  let total = 0
  for (const { name, effect } of rules) {
    for (const operation of effect.operations) {
      const edit = 'expression' in operation ? computed(operation, context) : operation
      if (edit === undefined) continue
      if (edit.operation !== 'remove') {
        const problem = headerValueProblem(edit.value)
        if (problem !== undefined) {
          return { kind: 'fault', code: 1041, detail: `${name}: the value of ${edit.name} ${problem}` }
        }
        total += edit.name.length + edit.value.length
      }
      edits.push(edit)
    }
  }
  if (total <= MAX_HEADER_TOTAL_CHARACTERS) return { kind: 'edits', edits }
  const detail = `rules set fields of ${total} characters, more than ${MAX_HEADER_TOTAL_CHARACTERS}`
  return { kind: 'fault', code: 1038, detail }
}

/** "Evaluating to an empty string or an undefined value removes the existing header."  Adding nothing does nothing. */
function computed(
  { operation, name, expression }: Extract<Operation, { readonly expression: ValueExpression }>,
  context: RuleContext,
): HeaderEdit | undefined {
  const value = expression.get(context)
  if (typeof value === 'string' && value !== '') return { operation, name, value }
  return operation === 'set' ? { operation: 'remove', name } : undefined
}

function sentenceOf({ name, effect }: CompiledRule<HeaderEffect>): string {
  return `${name}: ${effect.operations.map((each) => `${each.operation} ${each.name}`).join(', ')}`
}

function readOperations(parameters: JsonReader, phase: HeaderPhase): HeaderEffect | undefined {
  const members = parameters.members(['headers'])
  const headers = members?.get('headers')
  if (members === undefined) return undefined
  if (headers === undefined) return parameters.refuse('headers is missing; say which header fields are changed')
  const entries = headers.entries()
  if (entries === undefined) return undefined
  if (entries.length === 0) return headers.refuse('this changes nothing; name a header field')
  if (entries.length > MAX_OPERATIONS) {
    return headers.refuse(`${entries.length} fields exceed ${MAX_OPERATIONS}; split the rule`)
  }
  const seen = new Set<string>()
  const operations = entries.flatMap(([written, reader]) => {
    const name = written.toLowerCase()
    if (!isHeaderName(written)) {
      reader.refuse(`${quote(written)} is no field name; use letters, digits, "-" and "_"`)
      return []
    }
    if (seen.has(name)) reader.refuse(`${quote(written)} is there twice in different case; keep one`)
    seen.add(name)
    return readOperation(name, reader, phase) ?? []
  })
  return { operations, isStatic: operations.every((each) => !('expression' in each)) }
}

function readOperation(name: string, reader: JsonReader, phase: HeaderPhase): Operation | undefined {
  const members = reader.members(['operation', 'value', 'expression'])
  if (members === undefined) return undefined
  const given = members.get('operation')
  if (given === undefined) return reader.refuse('operation is missing; use set, add or remove')
  const operation = given.oneOf(OPERATIONS)
  if (operation === undefined) return undefined
  const refusal = protectionOf(SIDES[phase], operation, name)
  if (refusal !== undefined) return reader.refuse(refusal)
  const [value, expression] = [members.get('value'), members.get('expression')]
  if (operation === 'remove') {
    if (members.size > 1) return reader.refuse('remove takes no value and no expression; leave them out')
    return { operation, name }
  }
  if ((value === undefined) === (expression === undefined))
    return reader.refuse('use exactly one of value and expression')
  if (expression !== undefined) {
    const compiled = readValueExpression(expression, phase, STRING)
    return compiled && { operation, name, expression: compiled }
  }
  return value && readStatic(operation, name, value)
}

function readStatic(operation: 'set' | 'add', name: string, reader: JsonReader): HeaderEdit | undefined {
  const value = reader.string()
  if (value === undefined) return undefined
  const problem = headerValueProblem(value)
  if (problem !== undefined) return reader.refuse(`the value ${problem}`)
  if (value !== '') return { operation, name, value }
  return operation === 'set' ? { operation: 'remove', name } : reader.refuse('this adds nothing; write a value')
}
