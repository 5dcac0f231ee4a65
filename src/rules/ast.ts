// The tree of an expression, as written: parentheses and spans are kept, types are not (infer.ts finds them).

import type { Span } from './diagnostic.ts'
import type { ComparisonOp, LogicalOp, Quantifier } from './token.ts'
import type { Ip } from './types.ts'

export type Expression =
  /** A run of one operator: two items or more. */
  | { readonly kind: 'logical'; readonly op: LogicalOp; readonly items: readonly Expression[]; readonly span: Span }
  | { readonly kind: 'not'; readonly inner: Expression; readonly span: Span }
  /** Parentheses, kept because `any((a or b))` is an expression and `any(a or b)` is none. */
  | { readonly kind: 'group'; readonly inner: Expression; readonly span: Span }
  | { readonly kind: 'quantifier'; readonly op: Quantifier; readonly argument: Argument; readonly span: Span }
  | Comparison
  /** A value that stands alone: Bool, or Array<Bool>. */
  | { readonly kind: 'test'; readonly value: Access; readonly span: Span }
  /** Text that did not parse; its problem is reported.  Never reaches the compiler. */
  | { readonly kind: 'broken'; readonly span: Span }

export type Comparison = {
  readonly kind: 'comparison'
  readonly left: Access
  readonly op: ComparisonOp
  readonly opSpan: Span
  readonly right: Right
  readonly span: Span
}

/** A field or a call, and the indexes behind it. */
export type Access = { readonly base: Name | Call; readonly indexes: readonly Index[]; readonly span: Span }

export type Name = { readonly kind: 'name'; readonly name: string; readonly span: Span }

export type Call = {
  readonly kind: 'call'
  readonly name: string
  readonly nameSpan: Span
  readonly arguments: readonly Argument[]
  readonly span: Span
}

export type Index =
  | { readonly kind: 'each'; readonly span: Span }
  | { readonly kind: 'at'; readonly position: number; readonly span: Span }
  | { readonly kind: 'key'; readonly key: string; readonly span: Span }

export type Argument =
  | { readonly kind: 'value'; readonly value: Access; readonly span: Span }
  | { readonly kind: 'logical'; readonly expression: Expression; readonly span: Span }
  | { readonly kind: 'literal'; readonly literal: Literal; readonly span: Span }

export type Literal =
  | { readonly kind: 'int'; readonly value: bigint; readonly span: Span }
  | { readonly kind: 'string'; readonly value: string; readonly span: Span }
  | { readonly kind: 'ip'; readonly value: Ip; readonly span: Span }

export type Right =
  | { readonly kind: 'literal'; readonly literal: Literal; readonly span: Span }
  /** A field or a call. */
  | { readonly kind: 'dynamic'; readonly value: Access; readonly span: Span }
  | { readonly kind: 'set'; readonly items: readonly SetItem[]; readonly span: Span }
  | { readonly kind: 'list'; readonly name: string; readonly span: Span }
  /** The pattern's text after its quotes are undone. */
  | { readonly kind: 'regex' | 'wildcard'; readonly pattern: string; readonly span: Span }
  | { readonly kind: 'broken'; readonly span: Span }

export type SetItem =
  | { readonly kind: 'one'; readonly literal: Literal; readonly span: Span }
  | { readonly kind: 'range'; readonly low: Literal; readonly high: Literal; readonly span: Span }
  | { readonly kind: 'network'; readonly address: Ip; readonly prefix: number; readonly span: Span }
