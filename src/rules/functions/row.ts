// The shape of a function: a row of a table.  The checker reads its signature, the compiler its implementation, the
// documentation its sentence and example.

import type { Type, Value } from '../types.ts'

export type Parameter = {
  readonly name: string
  /** Whether a literal may stand here: only a field or call, only a literal, or both. */
  readonly kind: 'field' | 'literal' | 'either'
  readonly types: readonly Type[] | TypeFamily
  /** What is wrong with a literal that stands here; undefined when nothing is. */
  readonly refuse?: (literal: Value) => string | undefined
  /** The only fields that may stand here. */
  readonly fields?: readonly string[]
}

export type TypeFamily =
  | 'any'
  /** Bool, Int, String, IP. */
  | 'any-scalar'
  /** String or Array: what has a length and can be joined. */
  | 'any-sequence'
  | 'any-map'
  /** Array or Map. */
  | 'any-container'
  /** The type of the call's first argument. */
  | 'like-first'
  /** The type of the first argument's elements; for elements that are Arrays, of theirs. */
  | 'like-element'

/** Called with one value for each argument; `undefined` is a missing one, as a result too. */
export type Implementation = (...values: readonly (Value | undefined)[]) => Value | undefined

export type FunctionRow = {
  readonly kind: 'function'
  readonly name: string
  readonly required: readonly Parameter[]
  readonly optional?: readonly Parameter[]
  /** Any number of further arguments of this shape, up to `maximum` in all. */
  readonly rest?: Parameter
  readonly maximum?: number
  /** The result's type; 'first' is the first argument's. */
  readonly returns: Type | 'first'
  /** Where it may stand: 'values' are rewrite, header and redirect expressions, which compute a value. */
  readonly use: 'anywhere' | 'values'
  /** Functions of one group may be called once in an expression, all together. */
  readonly once?: string
  /** 'in-out': any missing argument makes the result missing.  'own': the implementation sees `undefined`. */
  readonly missing: 'in-out' | 'own'
  /** Makes the implementation for one call in an expression, of its literal arguments and all types, by position. */
  readonly make: (literals: readonly (Value | undefined)[], types: readonly (Type | undefined)[]) => Implementation
  readonly doc: string
  readonly example: string
}

/** A row whose implementation needs nothing prepared. */
export function plain(implementation: Implementation): FunctionRow['make'] {
  return () => implementation
}

/** The parameter at a position, or undefined when the function takes no argument there. */
export function parameterAt(row: FunctionRow, position: number): Parameter | undefined {
  if (position < row.required.length) return row.required[position]
  const optional = row.optional ?? []
  const behind = position - row.required.length
  if (behind < optional.length) return optional[behind]
  return row.maximum === undefined || position < row.maximum ? row.rest : undefined
}
