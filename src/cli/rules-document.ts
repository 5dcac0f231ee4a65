// Rules in JSON, as `varyant rules check` judges them: a whole varyant.json, a ruleset as the API has it, or a list of rules.

import {
  checkExpression,
  isPhase,
  isRunPhase,
  type Phase,
  type RuleDefinition,
  type RuleFacts,
  type RunPhase,
  readRuleset,
  validateRuleset,
  warningsOf,
} from '../rulesets/index.ts'
import { complain } from './output.ts'

type Question = {
  readonly phase: RunPhase | undefined
  readonly facts: RuleFacts | undefined
  readonly asJson: boolean
}

/** Rules of one phase, and where in the document they are. */
type Place = { readonly path: string; readonly phase: Phase; readonly rules: unknown }

type Finding = { readonly path: string; readonly message: string }

type Verdict = {
  readonly problems: readonly Finding[]
  readonly warnings: readonly Finding[]
  /** Each rule that is on, and whether it matches the sample. */
  readonly rules: readonly { readonly path: string; readonly expression: string; readonly matches?: boolean }[]
}

/** Judges the document and says what it found; answers the exit code. */
export function checkDocument(content: string, question: Question): number {
  let json: unknown
  try {
    json = JSON.parse(content)
  } catch (cause) {
    return complain(2, `the file is no JSON: ${cause instanceof Error ? cause.message : String(cause)}`)
  }
  const places = placesIn(json, question.phase)
  if (typeof places === 'string') return complain(2, places)
  const verdicts = places.map((place) => judge(place, question))
  const verdict: Verdict = {
    problems: verdicts.flatMap(({ problems }) => problems),
    warnings: verdicts.flatMap(({ warnings }) => warnings),
    rules: verdicts.flatMap((each) => each.rules),
  }
  const isRight = verdict.problems.length === 0
  if (question.asJson) process.stdout.write(`${JSON.stringify({ ok: isRight, ...verdict }, undefined, 2)}\n`)
  else tell(verdict)
  return isRight ? 0 : 2
}

function tell({ problems, warnings, rules }: Verdict): void {
  for (const { path, message } of problems) process.stderr.write(`${path}: ${message}\n`)
  for (const { path, message } of warnings) process.stderr.write(`${path}: warning: ${message}\n`)
  for (const { path, expression, matches } of rules) {
    if (matches !== undefined)
      process.stdout.write(`${path} ${matches ? 'matches' : 'does not match'}: ${expression}\n`)
  }
  if (problems.length === 0)
    process.stdout.write(`${rules.length} ${rules.length === 1 ? 'rule is' : 'rules are'} right\n`)
}

/** Where the document has rules, or why it has none. */
function placesIn(json: unknown, phase: RunPhase | undefined): readonly Place[] | string {
  if (Array.isArray(json)) {
    return phase === undefined
      ? 'a list of rules has no phase; name it with --phase'
      : [{ path: '', phase, rules: json }]
  }
  const members = asObject(json)
  if (Array.isArray(members.zones)) {
    return members.zones.flatMap((zone, index) =>
      Object.entries(asObject(asObject(zone).rulesets)).flatMap(([name, rules]): readonly Place[] => {
        const path = `zones[${index}].rulesets.${name}`
        return isPhase(name) ? [{ path, phase: name, rules }] : []
      }),
    )
  }
  if ('rules' in members) {
    const named = phase ?? members.phase
    if (typeof named !== 'string' || !isPhase(named)) return 'the ruleset has no phase; name it with --phase'
    return [{ path: 'rules', phase: named, rules: members.rules }]
  }
  return 'the file has no rules; it is no varyant.json with zones, no ruleset, and no list of rules'
}

function judge({ path, phase, rules }: Place, { facts }: Question): Verdict {
  const read = readRuleset({ rules })
  if (!read.ok) return { problems: read.problem.map((each) => finding(path, each)), warnings: [], rules: [] }
  const definitions = (read.value.rules ?? []).map(({ definition }) => definition)
  const problems = validateRuleset(phase, definitions).map((each) =>
    finding(path, { ...each, pointer: `/rules${each.pointer}` }),
  )
  return {
    problems,
    warnings: warningsOf(phase, definitions, { hasGeoip: false }).map((message) => ({ path, message })),
    rules: definitions.flatMap((rule, index) =>
      rule.enabled ? [sampled(rule, `${path}[${index}]`, phase, facts)] : [],
    ),
  }
}

function sampled({ expression }: RuleDefinition, path: string, phase: Phase, facts: RuleFacts | undefined) {
  if (facts === undefined || !isRunPhase(phase)) return { path, expression }
  const report = checkExpression(expression, { use: 'filter', phase, facts })
  return report.kind === 'wrong' ? { path, expression } : { path, expression, matches: report.answer === 'matches' }
}

/** The reader stands at { rules }: its pointers begin with "/rules". */
function finding(path: string, { pointer, message }: { readonly pointer: string; readonly message: string }): Finding {
  const [, , index, ...names] = pointer.split('/')
  return { path: path + (index === undefined ? '' : `[${index}]`) + names.map((name) => `.${name}`).join(''), message }
}

function asObject(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : {}
}
