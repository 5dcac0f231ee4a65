// Rulesets as documents: made, replaced, and edited rule by rule.  CF ruleset-engine/rulesets-api
//
// Pure: instant, ids and judgement are given.  Every edit answers a new document or all that is wrong with it; where
// documents are kept, and their earlier versions, is the API's business.
//
// R1  A ruleset's version rises by one with each edit, a rule's with each edit of its definition; moving changes no rule.
// R2  A rule keeps its id as long as a replacement names it by id or ref.

import { fail, ok, type Result } from '../base/index.ts'
import { type JsonProblem, quote } from './json-reader.ts'
import type { Phase } from './phases.ts'
import {
  MAX_RULES,
  type Position,
  type RuleDefinition,
  type RuleEdit,
  type RuleInput,
  type RulesetInput,
} from './read-ruleset.ts'

export type RuleDocument = RuleDefinition & {
  readonly id: string
  /** The id unless its sender chose another. */
  readonly ref: string
  /** A whole number, as a string. */
  readonly version: string
  readonly last_updated: string
}

/** As clients see it. */
export type RulesetDocument = {
  readonly id: string
  readonly name: string
  readonly description: string
  /** `zone` and `root` are the entry points of a phase, in a zone and in the account; others execute `custom` ones. */
  readonly kind: 'zone' | 'root' | 'custom'
  readonly phase: Phase
  /** A whole number, as a string. */
  readonly version: string
  readonly last_updated: string
  readonly rules: readonly RuleDocument[]
}

/** Whether rules can be run in a phase; pointers begin at the list: "/0/expression". */
export type ValidateRuleset = (phase: Phase, rules: readonly RuleDefinition[]) => readonly JsonProblem[]

/** What an edit needs beside the document. */
export type EditContext = {
  /** RFC 3339. */
  readonly now: string
  newId(): string
  readonly validate: ValidateRuleset
  /** Of a new ruleset; `zone` when absent. */
  readonly kind?: RulesetDocument['kind']
  /** Whether a new rule may bring its own id, as those of a configuration file do. */
  readonly mayNameIds?: boolean
}

export type RulesetProblem =
  | { readonly kind: 'invalid'; readonly problems: readonly JsonProblem[] }
  | { readonly kind: 'unknown-rule'; readonly id: string }

type Edited = Result<RulesetDocument, RulesetProblem>

/** The name of an entry point that nobody named.  CF ruleset-engine/basic-operations/add-rule-phase-rulesets */
const DEFAULT_NAME = 'default'

/** A new ruleset, version 1. */
export function makeRuleset(phase: Phase, input: RulesetInput, context: EditContext): Edited {
  const base: RulesetDocument = {
    id: context.newId(),
    name: input.name ?? DEFAULT_NAME,
    description: input.description ?? '',
    kind: context.kind ?? 'zone',
    phase,
    version: '1',
    last_updated: context.now,
    rules: [],
  }
  const rules = replaceRules(base, input.rules ?? [], context)
  return rules.ok ? ok({ ...base, rules: rules.value }) : rules
}

/** The ruleset with what the input names; what it does not name stays. */
export function replaceRuleset(old: RulesetDocument, input: RulesetInput, context: EditContext): Edited {
  const rules = input.rules === undefined ? ok(old.rules) : replaceRules(old, input.rules, context)
  if (!rules.ok) return rules
  const { name = old.name, description = old.description } = input
  return ok(raise({ ...old, name, description, rules: rules.value }, context))
}

/** The ruleset with one more rule: at its place, or last. */
export function addRule(old: RulesetDocument, edit: RuleEdit, context: EditContext): Edited {
  if (edit.rule === undefined) return invalid('', 'a rule is missing; send action and expression')
  if (edit.rule.id !== undefined) return invalid('/id', 'a new rule gets its id here; leave it out')
  if (old.rules.length >= MAX_RULES) return invalid('', `a ruleset has ${MAX_RULES} rules at most; delete one first`)
  const rule = makeRule(edit.rule, undefined, context)
  if (old.rules.some(({ ref }) => ref === rule.ref))
    return invalid('/ref', `${quote(rule.ref)} is the ref of another rule`)
  return place(old, rule, edit, context)
}

/** The ruleset with a rule replaced, moved, or both. */
export function editRule(old: RulesetDocument, id: string, edit: RuleEdit, context: EditContext): Edited {
  const before = old.rules.find((rule) => rule.id === id)
  if (before === undefined) return fail({ kind: 'unknown-rule', id })
  if (edit.rule === undefined && edit.position === undefined) {
    return invalid('', 'nothing is changed; send a position, or a rule with action and expression')
  }
  if (edit.rule?.id !== undefined && edit.rule.id !== id)
    return invalid('/id', 'the id of a rule never changes; leave it out')
  const rule = edit.rule === undefined ? before : makeRule(edit.rule, before, context)
  if (old.rules.some((each) => each.id !== id && each.ref === rule.ref)) {
    return invalid('/ref', `${quote(rule.ref)} is the ref of another rule`)
  }
  return place(old, rule, edit, context)
}

export function deleteRule(old: RulesetDocument, id: string, context: EditContext): Edited {
  const rules = old.rules.filter((rule) => rule.id !== id)
  return rules.length === old.rules.length ? fail({ kind: 'unknown-rule', id }) : ok(raise({ ...old, rules }, context))
}

/** Without its rules, as lists show it. */
export function summaryOf({ rules: _, ...summary }: RulesetDocument): Omit<RulesetDocument, 'rules'> {
  return summary
}

function replaceRules(
  old: Pick<RulesetDocument, 'phase' | 'rules'>,
  inputs: readonly RuleInput[],
  context: EditContext,
): Result<readonly RuleDocument[], RulesetProblem> {
  const problems: JsonProblem[] = []
  const taken = { id: new Set<string>(), ref: new Set<string>() }
  const byId = new Map(old.rules.map((rule) => [rule.id, rule]))
  const byRef = new Map(old.rules.map((rule) => [rule.ref, rule]))
  const rules = inputs.map((input, index) => {
    const { id, ref } = input
    const known = id === undefined ? byRef.get(ref ?? '') : byId.get(id)
    if (id !== undefined && known === undefined && context.mayNameIds !== true) {
      problems.push({
        pointer: `/rules/${index}/id`,
        message: `no rule has the id ${quote(id)}; leave it out for a new rule`,
      })
    }
    const rule = makeRule(input, known, context)
    for (const name of ['id', 'ref'] as const) {
      if (taken[name].has(rule[name])) {
        problems.push({ pointer: `/rules/${index}/${name}`, message: `${quote(rule[name])} is there twice; keep one` })
      }
      taken[name].add(rule[name])
    }
    return rule
  })
  for (const each of context.validate(old.phase, rules)) problems.push({ ...each, pointer: `/rules${each.pointer}` })
  return problems.length === 0 ? ok(rules) : fail({ kind: 'invalid', problems })
}

function makeRule(
  { id: given, ref, definition }: RuleInput,
  old: RuleDocument | undefined,
  context: EditContext,
): RuleDocument {
  const id = old?.id ?? given ?? context.newId()
  const named = { id, ref: ref ?? old?.ref ?? id }
  if (old !== undefined && isSame(old, { ...definition, ...named })) return old
  const version = String(old === undefined ? 1 : Number(old.version) + 1)
  return { ...definition, ...named, version, last_updated: context.now }
}

function isSame(old: RuleDocument, now: Omit<RuleDocument, 'version' | 'last_updated'>): boolean {
  const { version: _, last_updated: __, ...before } = old
  return isEqual(before, now)
}

/** Whether two values are the same JSON: members in any order, and one that is undefined is none. */
function isEqual(a: unknown, b: unknown): boolean {
  if (a === b) return true
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false
  if (Array.isArray(a) || Array.isArray(b)) {
    if (!Array.isArray(a) || !Array.isArray(b) || a.length !== b.length) return false
    return a.every((each, index) => isEqual(each, b[index]))
  }
  const [before, now] = [membersOf(a), membersOf(b)]
  return (
    before.size === now.size && [...before].every(([name, value]) => now.has(name) && isEqual(value, now.get(name)))
  )
}

function membersOf(value: object): ReadonlyMap<string, unknown> {
  return new Map(Object.entries(value).filter(([, member]) => member !== undefined))
}

/** The rule at its place among the others: a new one last, an old one where it was. */
function place(old: RulesetDocument, rule: RuleDocument, { position }: RuleEdit, context: EditContext): Edited {
  const others = old.rules.filter(({ id }) => id !== rule.id)
  const was = old.rules.findIndex(({ id }) => id === rule.id)
  const at = position === undefined ? ok(was === -1 ? others.length : was) : placeOf(position, others)
  if (!at.ok) return at
  const rules = others.toSpliced(at.value, 0, rule)
  // Only this rule can have become wrong by itself, but a judgement may look at all of them.
  const problems = context.validate(old.phase, rules).map((each) => {
    const { pointer } = each
    const own = `/${at.value}`
    return { ...each, pointer: pointer === own || pointer.startsWith(`${own}/`) ? pointer.slice(own.length) : '' }
  })
  return problems.length === 0 ? ok(raise({ ...old, rules }, context)) : fail({ kind: 'invalid', problems })
}

function placeOf(position: Position, others: readonly RuleDocument[]): Result<number, RulesetProblem> {
  if ('index' in position) return ok(Math.min(position.index - 1, others.length))
  const [name, id] =
    'before' in position ? (['before', position.before] as const) : (['after', position.after] as const)
  if (id === '') return ok(name === 'before' ? 0 : others.length)
  const found = others.findIndex((rule) => rule.id === id)
  if (found === -1)
    return invalid(
      `/position/${name}`,
      `no other rule has the id ${quote(id)}; name one of the ruleset's, or "" for the ${name === 'before' ? 'start' : 'end'}`,
    )
  return ok(name === 'before' ? found : found + 1)
}

/** R1 */
function raise(ruleset: RulesetDocument, { now }: EditContext): RulesetDocument {
  return { ...ruleset, version: String(Number(ruleset.version) + 1), last_updated: now }
}

function invalid(pointer: string, message: string): Result<never, RulesetProblem> {
  return fail({ kind: 'invalid', problems: [{ pointer, message }] })
}
