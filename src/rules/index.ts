// The door of `rules`: the expression language, as a compiler.  It knows nothing of HTTP; fields come from outside.

// Types and values.
export { toByteString, toText } from './bytes.ts'
// From text to something that runs.
export {
  type CompileOptions,
  compileFilter,
  compileValue,
  type Filter,
  type ValueExpression,
} from './compile.ts'
export type { Context } from './compile-state.ts'
// What is wrong, and where.
export type { Diagnostic, ProblemKind } from './diagnostic.ts'
export type { FunctionRow, Implementation, Parameter } from './functions/row.ts'
// What an expression may speak of.
export { FUNCTIONS } from './functions/table.ts'
export { parseIp, printIp } from './ip.ts'
export { LIMITS, type Limits } from './limits.ts'
// Patterns, for other rooms that match by them.
export { compileRegex, type Regex } from './regex/regex.ts'
export {
  type Field,
  type FieldDeclaration,
  makeScheme,
  narrowScheme,
  type Scheme,
  type SchemeDeclaration,
} from './scheme.ts'
export { arrayOf, BOOL, INT, IP, type Ip, type MapValue, mapOf, STRING, type Type, type Value } from './types.ts'
export type { Uses } from './uses.ts'
export { compileWildcard, type Wildcard } from './wildcard.ts'
