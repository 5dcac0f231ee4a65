// What there is to say about one expression: whether it compiles, how it reads in its canonical form, what it uses, and what
// it answers for a sample request.  For `varyant rules check`.

import {
  compileFilter,
  compileValue,
  type Diagnostic,
  type MapValue,
  printIp,
  toText,
  type Uses,
  type Value,
} from '../rules/index.ts'
import { type ExpressionUse, schemeFor } from './availability.ts'
import { makeRuleContext } from './context.ts'
import { filterOptions } from './expressions.ts'
import type { RuleFacts } from './facts.ts'
import { SCHEME } from './fields.ts'
import type { RunPhase } from './phases.ts'
import { doubtAboutField } from './warnings.ts'

export type ExpressionReport =
  | { readonly kind: 'wrong'; readonly problems: readonly Diagnostic[] }
  | {
      readonly kind: 'right'
      /** As the language itself would write it. */
      readonly canonical: string
      readonly type: string
      readonly fields: readonly string[]
      readonly functions: readonly string[]
      readonly warnings: readonly string[]
      /** What it answers for the sample, in words; undefined without one. */
      readonly answer: string | undefined
    }

export type CheckOptions = {
  readonly use: ExpressionUse
  /** undefined: every field may be used. */
  readonly phase: RunPhase | undefined
  /** A sample request. */
  readonly facts: RuleFacts | undefined
}

export function checkExpression(text: string, { use, phase, facts }: CheckOptions): ExpressionReport {
  const scheme = phase === undefined ? SCHEME : schemeFor(phase, use)
  const context = facts && makeRuleContext(facts)
  if (use === 'value') {
    const value = compileValue(text, scheme)
    if (!value.ok) return { kind: 'wrong', problems: value.problem }
    const answer = context && printValue(value.value.get(context), value.value.type.name)
    return right(value.value, value.value.type.name, answer)
  }
  const filter = compileFilter(text, scheme, phase && filterOptions(phase))
  if (!filter.ok) return { kind: 'wrong', problems: filter.problem }
  return right(filter.value, 'Bool', context && (filter.value.test(context) ? 'matches' : 'does not match'))
}

function right(
  compiled: { readonly text: string; readonly uses: Uses },
  type: string,
  answer: string | undefined,
): ExpressionReport {
  const fields = [...compiled.uses.fields]
  return {
    kind: 'right',
    canonical: toText(compiled.text),
    type,
    fields,
    functions: [...compiled.uses.functions.keys()],
    warnings: fields.flatMap((name) => doubtAboutField(name, false) ?? []),
    answer,
  }
}

/** A value as one could write it: texts in quotes, addresses bare. */
function printValue(value: Value | undefined, type: string): string {
  if (value === undefined) return 'missing'
  if (typeof value === 'string') return JSON.stringify(toText(value))
  if (type === 'IP') return printIp(value as number | bigint)
  if (typeof value !== 'object') return String(value)
  const element = /^(?:Array|Map)<(.*)>$/.exec(type)?.[1] ?? ''
  if (Array.isArray(value))
    return `[${(value as readonly Value[]).map((each) => printValue(each, element)).join(', ')}]`
  return `{${[...(value as MapValue).values()].map((each) => printValue(each, element)).join(', ')}}`
}
