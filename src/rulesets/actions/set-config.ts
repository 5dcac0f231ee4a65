// Configuration Rules.

import type { ConfigOverrides, RulesPhase } from '../outcomes.ts'
import type { StoredRule } from '../rule.ts'

export function compileSetConfig(
  _rules: readonly StoredRule[],
  _problems: string[],
): RulesPhase<ConfigOverrides> | undefined {
  return undefined
}
