// Turns a checked tree into closures.  What can be decided beforehand is; an evaluation asks the context for fields one by
// one, only as far as the answer needs them.
//
// Missing values (CF ruleset-engine: missing value behaviour):
//
//   missing <op> anything, `ne` too   false         all(missing[*] <op> x)   true: nothing is there to fail
//   bare Bool missing                 false         all(missing)             false: there is no array
//   any(missing …)                    false
//
// I1  Compiled code never throws on values of the declared types.

import type { Access, Argument, Comparison, Expression } from './ast.ts'
import { compileAccess } from './compile-access.ts'
import { compileComparison, type ValueTest } from './compile-comparison.ts'
import type { CompileState, Context, Getter, Test } from './compile-state.ts'
import { hasEach, type Inference } from './infer.ts'
import type { Scheme } from './scheme.ts'
import type { LogicalOp, Quantifier } from './token.ts'
import { BOOL_ARRAY, type Value } from './types.ts'

type Tests = (context: Context) => readonly boolean[]

/** The filter's answer for a context.  The tree must have passed the checker. */
export function compileTree(tree: Expression, scheme: Scheme, inference: Inference): Test {
  return compileOne({ scheme, inference, compileLogicalValue }, tree)
}

/** The value's getter.  The tree must have passed the checker. */
export function compileValueTree(tree: Access, scheme: Scheme, inference: Inference): Getter {
  return compileAccess({ scheme, inference, compileLogicalValue }, tree)
}

function compileLogicalValue(state: CompileState, expression: Expression): Getter {
  return state.inference.logicalType(expression) === BOOL_ARRAY
    ? compileMany(state, expression)
    : compileOne(state, expression)
}

/** An expression of type Bool. */
function compileOne(state: CompileState, expression: Expression): Test {
  switch (expression.kind) {
    case 'logical':
      return joinTests(
        expression.op,
        expression.items.map((item) => compileOne(state, item)),
      )
    case 'not': {
      const inner = compileOne(state, expression.inner)
      return (context) => !inner(context)
    }
    case 'group':
      return compileOne(state, expression.inner)
    case 'quantifier':
      return compileQuantifier(state, expression.op, expression.argument)
    case 'comparison':
      return compileComparisonTest(state, expression)
    case 'test': {
      const get = compileAccess(state, expression.value)
      return (context) => get(context) === true
    }
    case 'broken':
      return () => false
  }
}

function joinTests(op: LogicalOp, tests: readonly Test[]): Test {
  const [first, second] = tests
  if (first === undefined) return () => false
  if (second === undefined) return first
  if (tests.length === 2) {
    if (op === 'and') return (context) => first(context) && second(context)
    if (op === 'or') return (context) => first(context) || second(context)
    return (context) => first(context) !== second(context)
  }
  if (op === 'and') return (context) => tests.every((test) => test(context))
  if (op === 'or') return (context) => tests.some((test) => test(context))
  return (context) => tests.reduce((result, test) => result !== test(context), false)
}

function compileComparisonTest(state: CompileState, { left, op, right }: Comparison): Test {
  const type = state.inference.typeOf(left)
  if (type === undefined) return () => false
  const get = compileAccess(state, left)
  if (op === 'eq' && right.kind === 'literal') {
    const literal = right.literal.kind === 'int' ? undefined : right.literal.value
    // A missing value equals no literal.
    if (literal !== undefined) return (context) => get(context) === literal
  }
  const test = compileComparison(state, op, right, type)
  return (context) => {
    const value = get(context)
    return value !== undefined && test(value, context)
  }
}

/** An expression of type Array<Bool>. */
function compileMany(state: CompileState, expression: Expression): Tests {
  switch (expression.kind) {
    case 'logical':
      return joinArrays(
        expression.op,
        expression.items.map((item) => compileMany(state, item)),
      )
    case 'not': {
      const inner = compileMany(state, expression.inner)
      return (context) => inner(context).map((value) => !value)
    }
    case 'group':
      return compileMany(state, expression.inner)
    case 'test': {
      const get = compileAccess(state, expression.value)
      return (context) => (get(context) as readonly boolean[] | undefined) ?? []
    }
    case 'comparison': {
      const get = compileAccess(state, expression.left)
      const test = compileElementTest(state, expression)
      return (context) => elements(get, context).map((value) => test(value, context))
    }
    case 'quantifier':
    case 'broken':
      return () => []
  }
}

function compileElementTest(state: CompileState, { left, op, right }: Comparison): ValueTest {
  const type = state.inference.typeOf(left)
  return type === undefined ? () => false : compileComparison(state, op, right, type)
}

/** "`missing[*]`: an empty array." */
function elements(get: Getter, context: Context): readonly Value[] {
  return (get(context) as readonly Value[] | undefined) ?? []
}

/** "Arrays combine element by element, result truncated to the shorter." */
function joinArrays(op: LogicalOp, arrays: readonly Tests[]): Tests {
  const join =
    op === 'and'
      ? (a: boolean, b: boolean) => a && b
      : op === 'or'
        ? (a: boolean, b: boolean) => a || b
        : (a: boolean, b: boolean) => a !== b
  return (context) => {
    const [first = [], ...others] = arrays.map((array) => array(context))
    return others.reduce((left, right) => {
      const length = Math.min(left.length, right.length)
      return left.slice(0, length).map((value, i) => join(value, right[i] === true))
    }, first)
  }
}

function compileQuantifier(state: CompileState, op: Quantifier, argument: Argument): Test {
  if (argument.kind === 'literal') return () => false
  if (argument.kind === 'value') {
    const get = compileAccess(state, argument.value)
    return (context) => {
      const values = get(context) as readonly boolean[] | undefined
      return values !== undefined && (op === 'any' ? values.includes(true) : !values.includes(false))
    }
  }
  const { expression } = argument
  if (expression.kind === 'comparison' && hasEach(expression.left)) return compileSearch(state, op, expression)
  const many = compileMany(state, expression)
  return op === 'any' ? (context) => many(context).includes(true) : (context) => !many(context).includes(false)
}

/** `any(values[*] == x)` stops at the first that decides, and builds no array. */
function compileSearch(state: CompileState, op: Quantifier, comparison: Comparison): Test {
  const get = compileAccess(state, comparison.left)
  const test = compileElementTest(state, comparison)
  return op === 'any'
    ? (context) => elements(get, context).some((value) => test(value, context))
    : (context) => elements(get, context).every((value) => test(value, context))
}
