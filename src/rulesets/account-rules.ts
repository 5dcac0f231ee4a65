// Rulesets of the account: which of their rules concern a zone, as rules of its phases.  CF ruleset-engine/about
//
//   entry point of a phase (kind "root") ─┬─ a rule of the phase's own actions
//                                         └─ execute: the rules of a custom ruleset, as far as its own filter matches
//
// "Account-level rules run before zone-level rules of the same phase."  Pure.
//
// A1  A zone gets a rule unless the filter can only be true in zones of other names: most zones then keep having none.
// A2  Zones that get the same rules get the same lists, so that they are compiled once.

import type { RulesetDocument, ValidateRuleset } from './documents.ts'
import { filterExpressionOf } from './expressions.ts'
import { type JsonProblem, listed, makeJsonReader } from './json-reader.ts'
import { isRunPhase, type Phase, RUN_PHASES, type RunPhase } from './phases.ts'
import type { RuleDefinition } from './read-ruleset.ts'
import { expressionProblems, type StoredRule } from './rule.ts'
import { MAX_ENABLED_RULES, validateRuleset } from './validate.ts'

type Ruleset = Pick<RulesetDocument, 'id' | 'kind' | 'phase' | 'rules'>
export type RulesByPhase = ReadonlyMap<Phase, readonly StoredRule[]>

export type AccountRules = {
  /** What the zone of this name runs before its own rules. */
  rulesFor(zoneName: string): RulesByPhase
}

/** The rules that the rulesets of an account amount to. */
export function makeAccountRules(rulesets: readonly Ruleset[]): AccountRules {
  const custom = new Map(rulesets.filter(({ kind }) => kind === 'custom').map((each) => [each.id, each]))
  const phases = rulesets.flatMap(({ kind, phase, rules }) => {
    if (kind !== 'root' || !runsInAccount(phase)) return []
    const flat = rules.flatMap((rule) => flatten(rule, custom))
    return flat.length === 0 ? [] : [{ phase, rules: flat, names: flat.map((rule) => zoneNamesOf(phase, rule)) }]
  })
  const known = new Map<string, RulesByPhase>()
  return {
    rulesFor: (zoneName) => {
      const chosen = phases.map(({ phase, rules, names }) => {
        const places = rules.flatMap((_, place) => (names[place]?.has(zoneName) === false ? [] : [place]))
        return { phase, rules: places.flatMap((place) => rules[place] ?? []), places }
      })
      const key = chosen.map(({ places }) => places.join(',')).join(';')
      const same = known.get(key)
      if (same !== undefined) return same
      const made = new Map(chosen.flatMap(({ phase, rules }) => (rules.length === 0 ? [] : [[phase, rules] as const])))
      known.set(key, made)
      return made
    },
  }
}

/** A snippet is a zone's, so that no rule of the account can name one. */
function runsInAccount(phase: Phase): phase is RunPhase {
  return isRunPhase(phase) && phase !== 'http_request_snippets'
}

function flatten(rule: RulesetDocument['rules'][number], custom: ReadonlyMap<string, Ruleset>): readonly StoredRule[] {
  if (!rule.enabled) return []
  if (rule.action !== 'execute') return [{ ...rule, home: 'account' }]
  const rules = custom.get(executedBy(rule) ?? '')?.rules ?? []
  return rules
    .filter(({ enabled }) => enabled)
    .map((each) => ({
      ...each,
      home: 'account',
      ...(rule.expression.trim() !== 'true' && { within: rule.expression }),
    }))
}

/** The id of the ruleset that a rule executes, or undefined. */
export function executedBy({ action, action_parameters: parameters }: RuleDefinition): string | undefined {
  if (action !== 'execute' || typeof parameters !== 'object' || parameters === null) return undefined
  return 'id' in parameters && typeof parameters.id === 'string' ? parameters.id : undefined
}

/** The only zones in which the rule can match, or undefined when it can in any. */
function zoneNamesOf(phase: RunPhase, { expression, within }: StoredRule): ReadonlySet<string> | undefined {
  for (const text of within === undefined ? [expression] : [within, expression]) {
    const filter = filterExpressionOf(phase, text)
    const names = filter.ok ? filter.value.necessaryValues('cf.zone.name') : undefined
    if (names !== undefined) return names
  }
  return undefined
}

/** The judge of an account's rules: those of a phase's own actions, and such as execute one of `custom`. */
export function accountValidator(custom: readonly Ruleset[]): ValidateRuleset {
  return (phase, rules) => {
    const enabled = rules.filter((rule) => rule.enabled).length
    if (enabled > MAX_ENABLED_RULES) return validateRuleset(phase, rules)
    return rules.flatMap((rule, index) => {
      const found = judge(phase, rule, custom)
      return found.map((each) => ({ ...each, pointer: `/${index}${each.pointer}` }))
    })
  }
}

/** What is wrong with one rule; pointers begin at it. */
function judge(phase: Phase, rule: RuleDefinition, custom: readonly Ruleset[]): readonly JsonProblem[] {
  if (!rule.enabled) return []
  if (!runsInAccount(phase)) {
    const phases = listed(RUN_PHASES.filter(runsInAccount))
    const message = `an account does not run the phase ${phase} here; set "enabled": false, or use ${phases}`
    return [{ pointer: '', message }]
  }
  if (rule.action !== 'execute') {
    return validateRuleset(phase, [rule]).map((each) => ({ ...each, pointer: each.pointer.replace(/^\/0/, '') }))
  }
  const filter = filterExpressionOf(phase, rule.expression)
  return [
    ...(filter.ok ? [] : expressionProblems('/expression', rule.expression, 'filter', filter.problem)),
    ...judgeExecute(phase, rule, custom),
  ]
}

function judgeExecute(phase: RunPhase, rule: RuleDefinition, custom: readonly Ruleset[]): readonly JsonProblem[] {
  const json = makeJsonReader(rule.action_parameters ?? {})
  const members = json.reader.members(['id', 'version'])
  const id = members?.get('id')
  if (members !== undefined && id === undefined) json.reader.refuse('id is missing; name the ruleset to execute')
  const named = id?.string()
  if (named !== undefined && !custom.some((each) => each.id === named && each.phase === phase)) {
    id?.refuse(`there is no custom ruleset of the account with this id in the phase ${phase}; make it first`)
  }
  const version = members?.get('version')
  if (version !== undefined && version.value !== 'latest') version.refuse('only "latest" is run here; leave it out')
  return json.problems.map((each) => ({ ...each, pointer: `/action_parameters${each.pointer}` }))
}
