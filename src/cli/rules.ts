// `varyant rules check FILE|EXPRESSION`: whether rules compile, what they use, and what they answer for a sample request.
//
//   EXPRESSION         a filter; with --value a value expression
//   FILE               an expression in a file, or JSON: a varyant.json, a ruleset, or a list of rules (with --phase)
//
//   0  all is right     1  the file cannot be read     2  something is wrong, or the command line is

import { existsSync, readFileSync } from 'node:fs'
import type { RuleFacts } from '../rulesets/index.ts'
import {
  checkExpression,
  type ExpressionReport,
  isPhase,
  isRunPhase,
  RUN_PHASES,
  type RunPhase,
} from '../rulesets/index.ts'
import { complain, say } from './output.ts'
import { checkDocument } from './rules-document.ts'
import { parseSample } from './sample-request.ts'
import { parseVerbFlags, type VerbFlags } from './verb-flags.ts'

const OPTIONS = {
  phase: { type: 'string' },
  value: { type: 'boolean' },
  request: { type: 'string' },
  header: { type: 'string', multiple: true },
  ip: { type: 'string' },
  status: { type: 'string' },
  'response-header': { type: 'string', multiple: true },
  json: { type: 'boolean' },
} as const

/** Runs the verb with its words; answers the exit code. */
export function rules(words: readonly string[]): number {
  const [action, ...rest] = words
  if (action !== 'check') {
    return complain(2, `rules: ${JSON.stringify(action ?? '')} is not something to do; use "varyant rules check"`)
  }
  const flags = parseVerbFlags('rules check', rest, OPTIONS)
  if (!flags.ok) return complain(2, flags.problem)
  const [what, ...others] = flags.value.words
  if (what === undefined || others.length > 0) {
    return complain(2, 'rules check: give one file or one expression, in quotes')
  }
  const phase = phaseOf(flags.value)
  if (phase === 'unknown') {
    return complain(
      2,
      `--phase: ${JSON.stringify(flags.value.text('phase'))} is no phase; use one of ${RUN_PHASES.join(', ')}`,
    )
  }
  const sample = parseSample({
    request: flags.value.text('request'),
    headers: flags.value.texts('header'),
    ip: flags.value.text('ip'),
    status: flags.value.text('status'),
    responseHeaders: flags.value.texts('response-header'),
  })
  if (!sample.ok) return complain(2, sample.problem)
  return check(what, { phase, facts: sample.value, flags: flags.value })
}

type Question = {
  readonly phase: RunPhase | undefined
  readonly facts: RuleFacts | undefined
  readonly flags: VerbFlags
}

function check(what: string, { phase, facts, flags }: Question): number {
  const text = readIfFile(what)
  if (text === undefined) return complain(1, `${what} cannot be read; check that it is a file and may be read`)
  if (text.kind === 'file' && /^\s*[[{]/.test(text.content)) {
    return checkDocument(text.content, { phase, facts, asJson: flags.isSet('json') })
  }
  const use = flags.isSet('value') ? 'value' : 'filter'
  const report = checkExpression(text.content, { use, phase, facts })
  if (flags.isSet('json')) process.stdout.write(`${JSON.stringify(jsonOf(report), undefined, 2)}\n`)
  else if (report.kind === 'right') say(describe(report))
  else process.stderr.write(report.problems.map((problem) => problem.text).join(''))
  return report.kind === 'right' ? 0 : 2
}

type Text = { readonly kind: 'file' | 'expression'; readonly content: string }

/** What the word names or is; undefined: a file that cannot be read. */
function readIfFile(what: string): Text | undefined {
  try {
    // An expression can be longer than a path may be.
    if (!existsSync(what)) return { kind: 'expression', content: what }
    return { kind: 'file', content: readFileSync(what, 'utf8') }
  } catch {
    // Said by the caller, with the name.
    return undefined
  }
}

function phaseOf(flags: VerbFlags): RunPhase | undefined | 'unknown' {
  const name = flags.text('phase')
  if (name === undefined) return undefined
  return isPhase(name) && isRunPhase(name) ? name : 'unknown'
}

function describe({
  canonical,
  type,
  fields,
  functions,
  warnings,
  answer,
}: Extract<ExpressionReport, { kind: 'right' }>): string {
  const rows: readonly (readonly [string, string])[] = [
    ['expression', canonical],
    ['type', type],
    ...(fields.length > 0 ? [['fields', fields.join(', ')] as const] : []),
    ...(functions.length > 0 ? [['functions', functions.join(', ')] as const] : []),
    ...warnings.map((warning) => ['warning', warning] as const),
    ...(answer === undefined ? [] : [['request', answer] as const]),
  ]
  return rows.map(([name, value]) => `${name.padEnd(11)} ${value}\n`).join('')
}

function jsonOf(report: ExpressionReport): object {
  if (report.kind === 'wrong') {
    const problems = report.problems.map(({ kind, line, column, message, text }) => ({
      kind,
      line,
      column,
      message,
      text,
    }))
    return { ok: false, problems }
  }
  const { kind: _, answer, ...rest } = report
  return { ok: true, ...rest, ...(answer !== undefined && { answer }) }
}
