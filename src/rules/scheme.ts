// What an expression may speak of: fields, functions and lists, declared as data by whoever uses the language.

import { invariant } from '../base/index.ts'
import type { FunctionRow } from './functions/row.ts'
import type { Type, Value } from './types.ts'

export type FieldDeclaration = {
  readonly name: string
  readonly type: Type
  /** The value it always has, such as that of `true`; the compiler folds it. */
  readonly constant?: Value
}

export type SchemeDeclaration = {
  readonly fields: readonly FieldDeclaration[]
  readonly functions: readonly FunctionRow[]
  /** Whether a named list `$name` of that element type exists; without it there are none. */
  readonly hasList?: (name: string, type: Type) => boolean
}

export type Field = FieldDeclaration & {
  readonly kind: 'field'
  /** What a context is asked for: the field's place in the declaration. */
  readonly index: number
}

export type Scheme = {
  /** The field or function of that name; one namespace, letters' case counts. */
  find(name: string): Field | FunctionRow | undefined
  readonly fields: readonly Field[]
  readonly functions: readonly FunctionRow[]
  hasList(name: string, type: Type): boolean
  /** Why a field or function of the scheme may not be used here; undefined when it may. */
  refusal(name: string): string | undefined
}

/**
 * A scheme of these declarations.
 *
 * I1  No two fields or functions share a name; a declaration that breaks this is a fault of the program.
 */
export function makeScheme(declaration: SchemeDeclaration): Scheme {
  const fields = declaration.fields.map((field, index): Field => ({ ...field, kind: 'field', index }))
  const entries = new Map<string, Field | FunctionRow>()
  for (const entry of [...fields, ...declaration.functions]) {
    invariant(!entries.has(entry.name), 'I1', `${entry.name} is declared twice`)
    entries.set(entry.name, entry)
  }
  return {
    find: (name) => entries.get(name),
    fields,
    functions: declaration.functions,
    hasList: declaration.hasList ?? (() => false),
    refusal: () => undefined,
  }
}

/** The scheme with some names refused, for a place where not everything is offered; fields keep their places. */
export function narrowScheme(scheme: Scheme, refusal: Scheme['refusal']): Scheme {
  return { ...scheme, refusal }
}
