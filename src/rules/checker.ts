// Judges a tree against a scheme: names, types, operators, patterns, arguments.  A pass of its own, so that it finds every
// mistake and not only the first, and so that a stored tree can be judged again when the scheme changes.
//
// I1  A tree without problems compiles, and what it compiles to never throws.

import type { Access, Argument, Comparison, Expression, Index, Right } from './ast.ts'
import { checkCall } from './check-call.ts'
import { type CheckState, makeCheckState } from './check-state.ts'
import type { Problem } from './diagnostic.ts'
import { elementOf, hasEach, type Inference, literalType } from './infer.ts'
import { compileRegex } from './regex/regex.ts'
import type { Scheme } from './scheme.ts'
import { nearestName } from './suggest.ts'
import { isOperatorFor } from './token.ts'
import { arrayOf, BOOL, BOOL_ARRAY, type Type } from './types.ts'
import { compileWildcard } from './wildcard.ts'

export type CheckOptions = {
  /** Value functions are for value expressions; a few phases take them in filters too. */
  readonly valueFunctionsInFilters?: boolean
}

/** What is wrong with a filter; nothing when it may be compiled. */
export function checkFilter(
  tree: Expression,
  scheme: Scheme,
  inference: Inference,
  options: CheckOptions = {},
): readonly Problem[] {
  const state = makeCheckState(scheme, inference, options.valueFunctionsInFilters === true)
  checkLogical(state, tree)
  const type = inference.logicalType(tree)
  // The type of a tree with mistakes inside is a consequence of them.
  if (type !== undefined && state.problems.length === 0) expectType(state, BOOL, type, tree)
  return state.problems
}

/** What is wrong with a value expression, which must be of the type if one is given. */
export function checkValue(
  tree: Access,
  scheme: Scheme,
  inference: Inference,
  expected: Type | undefined,
): readonly Problem[] {
  const state = makeCheckState(scheme, inference, true)
  checkAccess(state, tree)
  const type = inference.typeOf(tree)
  if (hasEach(tree)) state.report('map-each', 'invalid use of map each access operator', tree.span)
  else if (type !== undefined && expected !== undefined) expectType(state, expected, type, tree)
  return state.problems
}

function expectType(state: CheckState, expected: Type, actual: Type, { span }: Pick<Expression, 'span'>): void {
  if (expected === actual) return
  state.report('type-mismatch', `expected value of type ${expected.name}, but got ${actual.name}`, span)
}

function checkLogical(state: CheckState, expression: Expression): void {
  switch (expression.kind) {
    case 'logical':
      checkItems(state, expression.items)
      break
    case 'not':
    case 'group':
      checkLogical(state, expression.inner)
      break
    case 'quantifier':
      checkQuantified(state, expression.argument)
      break
    case 'comparison':
      checkComparison(state, expression)
      break
    case 'test':
      checkTest(state, expression.value)
      break
    case 'broken':
      break
  }
}

/** "Both operands must be Bool, or both must be arrays of Bool." */
function checkItems(state: CheckState, items: readonly Expression[]): void {
  let expected: Type | undefined
  for (const item of items) {
    checkLogical(state, item)
    const type = state.inference.logicalType(item)
    if (type === undefined) continue
    if (expected !== undefined) expectType(state, expected, type, item)
    else if (type === BOOL || type === BOOL_ARRAY) expected = type
  }
}

/** "A quantifier argument must already be Array(Bool)": `any(flags)`, not `any(flags[*])`. */
function checkQuantified(state: CheckState, argument: Argument): void {
  checkArgument(state, argument)
  const type = state.inference.argumentType(argument)
  if (type === undefined) return
  const isUnpacked = argument.kind === 'value' && hasEach(argument.value)
  if (type !== BOOL_ARRAY) expectType(state, BOOL_ARRAY, type, argument)
  else if (isUnpacked) expectType(state, BOOL_ARRAY, arrayOf(type), argument)
}

function checkArgument(state: CheckState, argument: Argument): void {
  if (argument.kind === 'value') checkAccess(state, argument.value)
  else if (argument.kind === 'logical') checkLogical(state, argument.expression)
}

/** A value that stands alone is Bool or Array<Bool>; an array of arrays cannot become one. */
function checkTest(state: CheckState, value: Access): void {
  checkAccess(state, value)
  const type = state.inference.typeOf(value)
  if (type === undefined || type === BOOL || (type === BOOL_ARRAY && !hasEach(value))) return
  const whole = hasEach(value) ? arrayOf(type) : type
  state.report('unsupported-operator', `cannot perform this operation on type ${whole.name}`, value.span)
}

function checkComparison(state: CheckState, { left, op, opSpan, right }: Comparison): void {
  checkAccess(state, left)
  const type = state.inference.typeOf(left)
  if (type === undefined) {
    if (right.kind === 'dynamic') checkAccess(state, right.value)
    return
  }
  if (!isOperatorFor(op, type.kind)) {
    state.report('unsupported-operator', `cannot perform this operation on type ${type.name}`, opSpan)
    return
  }
  checkRight(state, op === 'strict wildcard' ? 'exact' : 'any-case', type, right)
}

function checkRight(state: CheckState, letters: 'exact' | 'any-case', type: Type, right: Right): void {
  switch (right.kind) {
    case 'dynamic':
      checkDynamic(state, type, right.value)
      break
    case 'literal':
      expectType(state, type, literalType(right.literal), right)
      break
    case 'list':
      if (!state.scheme.hasList(right.name, type)) {
        state.report(
          'unknown-list',
          `there is no list $${right.name} of type ${type.name}; write its items in braces, { ... }`,
          right.span,
        )
      }
      break
    case 'regex':
      reportPattern(state, 'bad-regex', compileRegex(right.pattern), right)
      break
    case 'wildcard':
      reportPattern(state, 'bad-wildcard', compileWildcard(right.pattern, letters), right)
      break
    case 'set':
    case 'broken':
      break
  }
}

function reportPattern(
  state: CheckState,
  kind: 'bad-regex' | 'bad-wildcard',
  compiled: { readonly ok: true } | { readonly ok: false; readonly problem: string },
  { span }: Right,
): void {
  if (!compiled.ok) state.report(kind, compiled.problem, span)
}

/** A right side is one value of the left side's type. */
function checkDynamic(state: CheckState, expected: Type, value: Access): void {
  checkAccess(state, value)
  const type = state.inference.typeOf(value)
  if (hasEach(value)) state.report('map-each', 'invalid use of map each access operator', value.span)
  else if (type !== undefined) expectType(state, expected, type, value)
}

function checkAccess(state: CheckState, access: Access): void {
  const { base } = access
  const found = state.scheme.find(base.name)
  const wanted = base.kind === 'name' ? 'field' : 'function'
  if (found?.kind !== wanted) {
    const names = wanted === 'field' ? state.scheme.fields : state.scheme.functions
    const offered = names.map(({ name }) => name).filter((name) => state.scheme.refusal(name) === undefined)
    const nearest = nearestName(base.name, offered)
    const message = nearest === undefined ? 'unknown identifier' : `unknown identifier; did you mean ${nearest}?`
    state.report('unknown-identifier', message, base.kind === 'name' ? base.span : base.nameSpan)
    if (base.kind === 'call') for (const argument of base.arguments) checkArgument(state, argument)
    return
  }
  const refusal = state.scheme.refusal(base.name)
  if (refusal !== undefined) state.report('not-here', refusal, base.kind === 'name' ? base.span : base.nameSpan)
  if (base.kind === 'call' && found.kind === 'function') checkCall(state, base, found, checkArgument)
  checkIndexes(state, access)
}

function checkIndexes(state: CheckState, { base, indexes, span }: Access): void {
  if (indexes.length === 0) return
  let type = state.inference.typeOf({ base, indexes: [], span })
  for (const index of indexes) {
    if (type === undefined) return
    const element = elementOf(type, index.kind)
    if (element === undefined) {
      state.report('bad-index', `cannot access index ${describe(index)} for type ${type.name}`, index.span)
    }
    type = element
  }
}

function describe(index: Index): string {
  return index.kind === 'each' ? '[*]' : index.kind === 'at' ? `[${index.position}]` : `["${index.key}"]`
}
