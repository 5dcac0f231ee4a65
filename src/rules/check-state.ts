// What the checker carries through a tree.

import type { Problem, ProblemKind, Span } from './diagnostic.ts'
import type { Inference } from './infer.ts'
import type { Scheme } from './scheme.ts'

export type CheckState = {
  readonly scheme: Scheme
  readonly inference: Inference
  readonly problems: Problem[]
  /** Whether functions that compute values (`regex_replace`, `to_string`) may be called. */
  readonly allowsValueFunctions: boolean
  /** The groups of once-only functions that were called. */
  readonly calledOnce: Set<string>
  report(kind: ProblemKind, message: string, span: Span): void
}

export function makeCheckState(scheme: Scheme, inference: Inference, allowsValueFunctions: boolean): CheckState {
  const problems: Problem[] = []
  return {
    scheme,
    inference,
    problems,
    allowsValueFunctions,
    calledOnce: new Set(),
    report: (kind, message, { start, end }) => problems.push({ kind, message, start, end }),
  }
}
