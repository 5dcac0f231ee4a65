// Snippet rules: which snippets run over a request.

import type { RulesPhase } from './outcomes.ts'
import type { StoredRule } from './rule.ts'

/** A rule as the endpoint of snippet rules keeps it. */
export type SnippetRule = {
  readonly id: string
  readonly expression: string
  readonly snippet_name: string
  readonly description?: string
  readonly enabled?: boolean
}

export function compileSnippetRules(
  _rules: readonly StoredRule[],
  _problems: string[],
): RulesPhase<readonly string[]> | undefined {
  return undefined
}
