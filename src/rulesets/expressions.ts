// Expressions of a phase, compiled once: who judges a rule, who looks for doubts about it and who runs it ask for the same,
// one after the other, and after a change nearly all rules of a zone are what they were.

import type { Result } from '../base/index.ts'
import {
  compileFilter,
  compileValue,
  type Diagnostic,
  type Filter,
  type Type,
  type ValueExpression,
} from '../rules/index.ts'
import { schemeFor } from './availability.ts'
import type { RunPhase } from './phases.ts'

/** Expressions remembered; some thousand zones' worth of rules.  Beyond it all are forgotten, and compiled when asked for. */
const MAX_REMEMBERED = 4096

const filters = new Map<string, Result<Filter, readonly Diagnostic[]>>()
const values = new Map<string, Result<ValueExpression, readonly Diagnostic[]>>()

/** The filter expression of a rule in this phase, or what is wrong with it. */
export function filterExpressionOf(phase: RunPhase, expression: string): Result<Filter, readonly Diagnostic[]> {
  return remembered(filters, `${phase} ${expression}`, () =>
    compileFilter(expression, schemeFor(phase, 'filter'), filterOptions(phase)),
  )
}

/** A value expression in this phase; with `expected`, one of another type is refused. */
export function valueExpressionOf(
  phase: RunPhase,
  expression: string,
  expected?: Type,
): Result<ValueExpression, readonly Diagnostic[]> {
  return remembered(values, `${phase} ${expected?.name ?? ''} ${expression}`, () =>
    compileValue(expression, schemeFor(phase, 'value'), expected === undefined ? {} : { expected }),
  )
}

/** "Also available in that phase" are functions that elsewhere are for values.  CF cache/how-to/cache-response-rules/settings */
export function filterOptions(phase: RunPhase): { readonly valueFunctionsInFilters: boolean } {
  return { valueFunctionsInFilters: phase === 'http_response_cache_settings' }
}

function remembered<Value>(known: Map<string, Value>, key: string, make: () => Value): Value {
  const found = known.get(key)
  if (found !== undefined) return found
  const made = make()
  if (known.size >= MAX_REMEMBERED) known.clear()
  known.set(key, made)
  return made
}
