// Origin Rules.

import type { OriginOverrides, RulesPhase } from '../outcomes.ts'
import type { StoredRule } from '../rule.ts'

export function compileRoute(
  _rules: readonly StoredRule[],
  _problems: string[],
): RulesPhase<OriginOverrides> | undefined {
  return undefined
}
