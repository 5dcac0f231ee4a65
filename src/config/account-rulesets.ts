// Rulesets of the account as every zone runs them: before its own rules of a phase.  Judged in rulesets/account-rules.ts.
//
//   accounts/<account>/rulesets/<phase or id>   RulesetDocument; its earlier versions under ruleset_versions/

import { makeAccountRules, type Phase, type RulesetDocument, type StoredRule } from '../rulesets/index.ts'
import type { Documents } from './documents.ts'
import { ACCOUNT_ID } from './zone-id.ts'

const PREFIX = `accounts/${ACCOUNT_ID}/rulesets/`

type AccountRules = ReturnType<typeof makeAccountRules>

export type RulesByPhase = ReadonlyMap<Phase, readonly StoredRule[]>

export function isAccountRulesetPath(path: string): boolean {
  return path.startsWith(PREFIX)
}

export function readAccountRules(documents: Pick<Documents, 'list'>): AccountRules {
  return makeAccountRules(documents.list(PREFIX).map(([, ruleset]) => ruleset as RulesetDocument))
}

/** Whether a zone of this name gets other rules than before; one that gets none, before and now, does not. */
export function areOthers(before: AccountRules, now: AccountRules, zoneName: string): boolean {
  return before.rulesFor(zoneName).size > 0 || now.rulesFor(zoneName).size > 0
}

/** Lists that were put together, by both: what did not change is the same object, and compiled already. */
const JOINED = new WeakMap<readonly StoredRule[], WeakMap<readonly StoredRule[], readonly StoredRule[]>>()

/** The rules of each phase, the account's first. */
export function withAccountRules(ofAccount: RulesByPhase, own: RulesByPhase): RulesByPhase {
  if (ofAccount.size === 0) return own
  const joined = [...ofAccount].map(([phase, rules]) => [phase, join(rules, own.get(phase))] as const)
  return new Map([...own, ...joined])
}

function join(first: readonly StoredRule[], then: readonly StoredRule[] | undefined): readonly StoredRule[] {
  if (then === undefined || then.length === 0) return first
  const behind = JOINED.get(first) ?? new WeakMap<readonly StoredRule[], readonly StoredRule[]>()
  JOINED.set(first, behind)
  const known = behind.get(then)
  if (known !== undefined) return known
  const joined = [...first, ...then]
  behind.set(then, joined)
  return joined
}
