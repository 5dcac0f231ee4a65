// From text to something that runs: parse, check, compile.  The front of this room.

import { fail, ok, type Result } from '../base/index.ts'
import { type CheckOptions, checkFilter, checkValue } from './checker.ts'
import type { Context } from './compile-state.ts'
import { compileTree, compileValueTree } from './compiler.ts'
import { type Diagnostic, makeDiagnostics, type Problem } from './diagnostic.ts'
import { LIMITS, type Limits, MAX_PROBLEMS } from './limits.ts'
import { type Parsed, parseFilter, parseValue } from './parser.ts'
import { printFilter, printValue } from './print.ts'
import type { Scheme } from './scheme.ts'
import type { Type, Value } from './types.ts'
import { necessaryValues, type Uses, usesOf } from './uses.ts'

export type CompileOptions = CheckOptions & { readonly limits?: Limits }

export type Filter = {
  /** Whether the filter is true in this context.  Never throws on values of the declared types. */
  test(context: Context): boolean
  /** The canonical text. */
  readonly text: string
  readonly uses: Uses
  /** See `necessaryValues` in uses.ts. */
  necessaryValues(field: string): ReadonlySet<string> | undefined
}

export type ValueExpression = {
  /** The value in this context; undefined when it is missing. */
  get(context: Context): Value | undefined
  readonly text: string
  readonly type: Type
  readonly uses: Uses
}

/** Compiles a filter, or says everything that is wrong with it, in order of position. */
export function compileFilter(
  text: string,
  scheme: Scheme,
  options: CompileOptions = {},
): Result<Filter, readonly Diagnostic[]> {
  const parsed = parseFilter(text, scheme, options.limits ?? LIMITS)
  const { tree, inference } = parsed
  const found = tree === undefined ? [] : checkFilter(tree, scheme, inference, options)
  const problems = diagnose(parsed, found)
  if (tree === undefined || problems.length > 0) return fail(problems)
  return ok({
    test: compileTree(tree, scheme, inference),
    text: printFilter(tree),
    uses: usesOf(tree, scheme, inference),
    necessaryValues: (field) => necessaryValues(tree, field),
  })
}

/** Compiles a value expression; with `expected`, one of another type is refused. */
export function compileValue(
  text: string,
  scheme: Scheme,
  options: CompileOptions & { readonly expected?: Type } = {},
): Result<ValueExpression, readonly Diagnostic[]> {
  const parsed = parseValue(text, scheme, options.limits ?? LIMITS)
  const { tree, inference } = parsed
  const found = tree === undefined ? [] : checkValue(tree, scheme, inference, options.expected)
  const problems = diagnose(parsed, found)
  const type = tree && inference.typeOf(tree)
  if (tree === undefined || type === undefined || problems.length > 0) return fail(problems)
  return ok({
    get: compileValueTree(tree, scheme, inference),
    text: printValue(tree),
    type,
    uses: usesOf(tree, scheme, inference),
  })
}

function diagnose(parsed: Parsed<unknown>, found: readonly Problem[]): readonly Diagnostic[] {
  return makeDiagnostics(parsed.source, [...parsed.problems, ...found]).slice(0, MAX_PROBLEMS)
}
