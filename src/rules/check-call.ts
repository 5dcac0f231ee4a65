// Judges calls: "`[*]` only in the first argument, then too many arguments, then kind, then type, then the literal's
// value", and at last whether arguments are missing.  CF's engine has the same order.

import type { Argument, Call, Literal } from './ast.ts'
import type { CheckState } from './check-state.ts'
import { type FunctionRow, type Parameter, parameterAt, type TypeFamily } from './functions/row.ts'
import { hasEach } from './infer.ts'
import { type Type, toInt, type Value } from './types.ts'

/** Reports what is wrong with the arguments; the arguments' own values are judged by `checkArgument`. */
export function checkCall(
  state: CheckState,
  call: Call,
  row: FunctionRow,
  checkArgument: (state: CheckState, argument: Argument) => void,
): void {
  checkUse(state, call, row)
  for (const [position, argument] of call.arguments.entries()) {
    checkArgument(state, argument)
    if (position > 0 && argument.kind === 'value' && hasEach(argument.value)) {
      state.report('map-each', 'invalid use of map each access operator', argument.span)
      continue
    }
    const parameter = parameterAt(row, position)
    if (parameter === undefined) {
      state.report('argument-count', `invalid number of arguments: ${describeCount(row)}`, argument.span)
      break
    }
    checkParameter(state, call, parameter, position)
  }
  if (call.arguments.length < row.required.length) {
    const closing = { start: call.span.end - 1, end: call.span.end }
    state.report('argument-count', `invalid number of arguments: ${describeCount(row)}`, closing)
  }
}

function checkUse(state: CheckState, call: Call, row: FunctionRow): void {
  if (row.use === 'values' && !state.allowsValueFunctions) {
    state.report('not-here', `function ${row.name} cannot be used in a filter expression`, call.nameSpan)
  }
  if (row.once === undefined) return
  if (state.calledOnce.has(row.once)) {
    state.report('not-here', `function ${row.name} can only be called once in an expression`, call.nameSpan)
  }
  state.calledOnce.add(row.once)
}

function describeCount(row: FunctionRow): string {
  const minimum = row.required.length
  const maximum = row.rest === undefined ? minimum + (row.optional?.length ?? 0) : row.maximum
  const takes =
    maximum === undefined ? `${minimum} or more` : maximum === minimum ? `${minimum}` : `${minimum} to ${maximum}`
  return `${row.name} takes ${takes}`
}

function checkParameter(state: CheckState, call: Call, parameter: Parameter, position: number): void {
  const argument = call.arguments[position] as Argument
  const isLiteral = argument.kind === 'literal'
  if (parameter.kind !== 'either' && isLiteral !== (parameter.kind === 'literal')) {
    const [expected, actual] = isLiteral ? ['Field', 'Literal'] : ['Literal', 'Field']
    const message = `invalid kind of argument #${position}: expected argument of kind ${expected}, but got ${actual}`
    state.report('argument-kind', message, argument.span)
    return
  }
  const actual = state.inference.argumentType(argument)
  if (actual === undefined) return
  const expected = expectedTypes(state, call, parameter)
  if (expected !== undefined && !expected.accepts(actual)) {
    const message = `invalid type of argument #${position}: expected value of type ${expected.name}, but got ${actual.name}`
    state.report('argument-type', message, argument.span)
    return
  }
  const refusal = refusalOf(parameter, argument)
  if (refusal !== undefined) {
    state.report('argument-value', `invalid value of argument #${position}: ${refusal}`, argument.span)
  }
}

type Expected = { readonly name: string; readonly accepts: (type: Type) => boolean }

/** undefined when nothing can be said, because the first argument's type is unknown. */
function expectedTypes(state: CheckState, call: Call, parameter: Parameter): Expected | undefined {
  const { types } = parameter
  if (typeof types !== 'string') {
    return { name: types.map((type) => type.name).join(' or '), accepts: (type) => types.includes(type) }
  }
  if (types !== 'like-first' && types !== 'like-element') return FAMILIES[types]
  const first = call.arguments[0]
  let wanted = first === undefined ? undefined : state.inference.argumentType(first)
  if (types === 'like-element') while (wanted !== undefined && 'element' in wanted) wanted = wanted.element
  return wanted && { name: wanted.name, accepts: (type) => type === wanted }
}

const FAMILIES: Readonly<Record<Exclude<TypeFamily, 'like-first' | 'like-element'>, Expected>> = {
  any: { name: 'any', accepts: () => true },
  'any-scalar': { name: 'Bool, Int, String or IP', accepts: (type) => !('element' in type) },
  'any-sequence': { name: 'String or Array', accepts: ({ kind }) => kind === 'String' || kind === 'Array' },
  'any-map': { name: 'Map', accepts: ({ kind }) => kind === 'Map' },
  'any-container': { name: 'Array or Map', accepts: (type) => 'element' in type },
}

function refusalOf(parameter: Parameter, argument: Argument): string | undefined {
  if (argument.kind === 'literal') return parameter.refuse?.(literalValue(argument.literal))
  if (parameter.fields === undefined) return undefined
  const isNamed =
    argument.kind === 'value' &&
    argument.value.base.kind === 'name' &&
    parameter.fields.includes(argument.value.base.name)
  return isNamed ? undefined : `must be ${parameter.fields.join(' or ')}`
}

/** What a literal is at run time. */
export function literalValue(literal: Literal): Value {
  return literal.kind === 'int' ? toInt(literal.value) : literal.value
}
