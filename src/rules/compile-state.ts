// What compiled code runs on, and what the compiler carries through a tree.

import type { Expression } from './ast.ts'
import type { Inference } from './infer.ts'
import type { Scheme } from './scheme.ts'
import type { Value } from './types.ts'

/** The world of one evaluation.  Fields are asked for only when an expression needs them; a context may compute them then. */
export type Context = {
  /** The field's value by its place in the scheme, of the declared type, or undefined when it is missing. */
  get(index: number): Value | undefined
  /** Whether the named list holds the value. */
  isListed(name: string, value: Value): boolean
}

export type Getter = (context: Context) => Value | undefined
export type Test = (context: Context) => boolean

export type CompileState = {
  readonly scheme: Scheme
  readonly inference: Inference
  /** An expression with operators as the argument of a call: Bool, or Array<Bool>. */
  readonly compileLogicalValue: (state: CompileState, expression: Expression) => Getter
}
