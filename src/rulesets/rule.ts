// A rule of any phase, from the document to something that runs: its filter, its effect, and its name in the trail.
//
// One reading serves both who judges rules (validate.ts) and who runs them (program.ts), so that what was accepted runs.

import { fail, ok, type Result } from '../base/index.ts'
import type { Diagnostic, Filter, Type, ValueExpression } from '../rules/index.ts'
import type { RuleDocument } from './documents.ts'
import { filterExpressionOf, valueExpressionOf } from './expressions.ts'
import { type JsonProblem, type JsonReader, listed, makeJsonReader, quote } from './json-reader.ts'
import type { RunPhase } from './phases.ts'
import type { RuleDefinition } from './read-ruleset.ts'

/** The members of a rule that bear on running it. */
export type StoredRule = Pick<
  RuleDocument,
  'id' | 'ref' | 'description' | 'enabled' | 'action' | 'expression' | 'action_parameters'
> & {
  /** A filter that must be true too: of the rule that executes this one's ruleset. */
  readonly within?: string
  /** Absent: the zone. */
  readonly home?: 'account'
}

/** Reads the parameters of an action; what is wrong is noted with the reader, and any effect is then ignored. */
export type ReadParameters<Effect> = (parameters: JsonReader) => Effect | undefined

/** A phase and its actions. */
export type PhaseTable<Effect> = {
  readonly phase: RunPhase
  readonly actions: Readonly<Record<string, ReadParameters<Effect>>>
}

export type ReadRule<Effect> = { readonly filter: Filter; readonly effect: Effect }

export type CompiledRule<Effect> = ReadRule<Effect> & {
  /** How the trail names it. */
  readonly name: string
}

/** The rule, or all that is wrong with it; pointers begin at the rule. */
export function readRule<Effect>(
  { phase, actions }: PhaseTable<Effect>,
  { action, expression, action_parameters }: Pick<RuleDefinition, 'action' | 'expression' | 'action_parameters'>,
): Result<ReadRule<Effect>, readonly JsonProblem[]> {
  const read = Object.hasOwn(actions, action) ? actions[action] : undefined
  const problems: JsonProblem[] = []
  if (read === undefined) {
    const message = `${quote(action)} is no action of ${phase}; use ${listed(Object.keys(actions).map((name) => quote(name)))}`
    problems.push({ pointer: '/action', message })
  }
  const filter = filterExpressionOf(phase, expression)
  if (!filter.ok) problems.push(...expressionProblems('/expression', expression, 'filter', filter.problem))
  const json = makeJsonReader(action_parameters)
  const effect = isNothing(action_parameters) ? undefined : read?.(json.reader)
  problems.push(...json.problems.map((each) => ({ ...each, pointer: `/action_parameters${each.pointer}` })))
  if (read !== undefined && isNothing(action_parameters)) {
    const message = `action parameters are required for the ${action} action; name at least one`
    problems.push({ pointer: '/action_parameters', message, kind: 'missing-parameters' })
  }
  if (problems.length > 0 || !filter.ok || effect === undefined) return fail(problems)
  return ok({ filter: filter.value, effect })
}

/** Every action here needs to be told something. */
function isNothing(parameters: unknown): boolean {
  if (parameters === undefined || parameters === null) return true
  return typeof parameters === 'object' && !Array.isArray(parameters) && Object.keys(parameters).length === 0
}

/** The rules that are on, compiled; one that cannot be is left out, and `problems` says why. */
export function compileEnabled<Effect>(
  table: PhaseTable<Effect>,
  rules: readonly StoredRule[],
  problems: string[],
): readonly CompiledRule<Effect>[] {
  return rules.flatMap((rule) => {
    if (!rule.enabled) return []
    const read = readRule(table, rule)
    const name = `rule ${labelOf(rule)} of ${rule.home === 'account' ? "the account's " : ''}${table.phase}`
    if (read.ok) return [{ ...read.value, filter: withinFilter(table.phase, rule.within, read.value.filter), name }]
    const why = read.problem.map(({ pointer, message }) => `${pointer}: ${message}`).join('; ')
    problems.push(`${name} is off: ${why}`)
    return []
  })
}

/** The filter where the other is true too; one that cannot be compiled is never true. */
function withinFilter(phase: RunPhase, within: string | undefined, filter: Filter): Filter {
  if (within === undefined) return filter
  const outer = filterExpressionOf(phase, within)
  if (!outer.ok) return { ...filter, test: () => false }
  const { value } = outer
  return {
    ...filter,
    test: (context) => value.test(context) && filter.test(context),
    necessaryValues: (field) => value.necessaryValues(field) ?? filter.necessaryValues(field),
  }
}

/** A value expression at the reader's place, of the type; what is wrong with it is noted. */
export function readValueExpression(reader: JsonReader, phase: RunPhase, expected: Type): ValueExpression | undefined {
  const text = reader.string()
  if (text === undefined) return undefined
  const value = valueExpressionOf(phase, text, expected)
  if (value.ok) return value.value
  for (const { message } of expressionProblems('', text, 'value', value.problem)) reader.refuse(message)
  return undefined
}

/** Cloudflare's sentence, with our drawing: one for each mistake. */
export function expressionProblems(
  pointer: string,
  expression: string,
  kind: 'filter' | 'value',
  diagnostics: readonly Diagnostic[],
): readonly JsonProblem[] {
  return diagnostics.map(({ text }) => ({
    pointer,
    message: `${quote(expression)} is not a valid value for expression because could not parse ${kind} expression: ${text.trimEnd()}`,
  }))
}

/** By its ref where somebody chose one, else its description, else its id. */
function labelOf({ id, ref, description }: StoredRule): string {
  const label = ref !== id ? ref : description
  return label === '' ? id : quote(label)
}
