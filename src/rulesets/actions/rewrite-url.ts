// URL rewrites.

import type { RuleFault, RulesPhase, UrlRewrite } from '../outcomes.ts'
import type { StoredRule } from '../rule.ts'

export function compileRewriteUrl(
  _rules: readonly StoredRule[],
  _problems: string[],
): RulesPhase<UrlRewrite | RuleFault<1035 | 1036 | 1037> | undefined> | undefined {
  return undefined
}
