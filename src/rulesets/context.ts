// The context of one exchange: fields are computed when a rule asks for them, at most once a phase.

import type { Context } from '../rules/index.ts'
import type { RuleFacts } from './facts.ts'

export type RuleContext = Context & {
  readonly facts: RuleFacts
  /** Forgets what another phase may have changed; what never changes stays. */
  beginPhase(): void
}

/** The context of one exchange.  Every phase begins itself; nobody else need call `beginPhase`. */
export function makeRuleContext(facts: RuleFacts): RuleContext {
  return { facts, beginPhase: () => {}, get: () => undefined, isListed: () => false }
}
