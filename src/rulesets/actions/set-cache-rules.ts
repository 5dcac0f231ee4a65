// Cache Rules.

import type { CacheSettingsPhase } from '../outcomes.ts'
import type { StoredRule } from '../rule.ts'

export function compileCacheSettings(
  _rules: readonly StoredRule[],
  _problems: string[],
): CacheSettingsPhase | undefined {
  return undefined
}
