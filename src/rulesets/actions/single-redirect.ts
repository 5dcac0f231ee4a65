// Single Redirects.

import type { Redirect, RulesPhase } from '../outcomes.ts'
import type { StoredRule } from '../rule.ts'

export function compileRedirects(
  _rules: readonly StoredRule[],
  _problems: string[],
): RulesPhase<Redirect | undefined> | undefined {
  return undefined
}
