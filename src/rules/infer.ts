// The type of a value in an expression, as far as it is known.  The parser asks because a literal's spelling depends on
// the type it is compared with; the checker asks to judge.  This file reports nothing: an unknown name has no type.
//
// Each access and each argument is computed once, so that nested calls stay linear.

import type { Access, Argument, Call, Expression, Literal } from './ast.ts'
import type { Scheme } from './scheme.ts'
import { arrayOf, BOOL, BOOL_ARRAY, INT, IP, STRING, type Type } from './types.ts'

export type Inference = {
  /** The type of the value, of one element where it has a `[*]`; undefined when something in it is unknown. */
  typeOf(access: Access): Type | undefined
  /** The type of an argument, as the function's parameter sees it. */
  argumentType(argument: Argument): Type | undefined
  /** Bool or Array<Bool>; undefined when unknown. */
  logicalType(expression: Expression): Type | undefined
}

export function makeInference(scheme: Scheme): Inference {
  const known = new WeakMap<Access, Type | undefined>()
  const logical = new WeakMap<Expression, Type | undefined>()

  function typeOf(access: Access): Type | undefined {
    if (known.has(access)) return known.get(access)
    let type = baseType(access)
    for (const index of access.indexes) type = type === undefined ? undefined : elementOf(type, index.kind)
    known.set(access, type)
    return type
  }

  function baseType({ base }: Access): Type | undefined {
    const found = scheme.find(base.name)
    if (base.kind === 'name') return found?.kind === 'field' ? found.type : undefined
    if (found?.kind !== 'function') return undefined
    const result = found.returns === 'first' ? firstArgumentType(base) : found.returns
    return result !== undefined && isMapped(base) ? arrayOf(result) : result
  }

  function firstArgumentType(call: Call): Type | undefined {
    const first = call.arguments[0]
    return first === undefined ? undefined : argumentType(first)
  }

  function argumentType(argument: Argument): Type | undefined {
    switch (argument.kind) {
      case 'value':
        return typeOf(argument.value)
      case 'literal':
        return literalType(argument.literal)
      case 'logical':
        return logicalType(argument.expression)
    }
  }

  function logicalType(expression: Expression): Type | undefined {
    if (logical.has(expression)) return logical.get(expression)
    const type = computeLogicalType(expression)
    logical.set(expression, type)
    return type
  }

  function computeLogicalType(expression: Expression): Type | undefined {
    switch (expression.kind) {
      case 'logical':
        return expression.items[0] === undefined ? undefined : logicalType(expression.items[0])
      case 'not':
      case 'group':
        return logicalType(expression.inner)
      case 'quantifier':
        return BOOL
      case 'comparison':
        return hasEach(expression.left) ? BOOL_ARRAY : BOOL
      case 'test': {
        const type = typeOf(expression.value)
        return type === BOOL && hasEach(expression.value) ? BOOL_ARRAY : type
      }
      case 'broken':
        return undefined
    }
  }

  return { typeOf, argumentType, logicalType }
}

export function literalType(literal: Literal): Type {
  return literal.kind === 'int' ? INT : literal.kind === 'ip' ? IP : STRING
}

/** What an index of that kind finds in the type; undefined when it cannot be indexed so. */
export function elementOf(type: Type, index: 'each' | 'at' | 'key'): Type | undefined {
  if (type.kind === 'Array') return index === 'key' ? undefined : type.element
  if (type.kind === 'Map') return index === 'at' ? undefined : type.element
  return undefined
}

/** Whether a `[*]` unpacks the value. */
export function hasEach(access: Access): boolean {
  return access.indexes.some((index) => index.kind === 'each')
}

/** Whether the function is applied to every element of its first argument. */
export function isMapped(call: Call): boolean {
  const first = call.arguments[0]
  return first?.kind === 'value' && hasEach(first.value)
}
