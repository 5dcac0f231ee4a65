// Rules and zones for the tests of this room.

import type { Phase } from './phases.ts'
import { compileRules, type RulesProgram } from './program.ts'
import type { StoredRule } from './rule.ts'

export type GivenRule = Partial<StoredRule>

/** A rule that matches everything and is on, unless it says otherwise; its id is "r" and its place. */
export function makeStoredRules(rules: readonly GivenRule[]): readonly StoredRule[] {
  return rules.map((rule, place) => ({
    ...{ id: `r${place}`, ref: `r${place}`, description: '', enabled: true, action: '', expression: 'true' },
    ...rule,
  }))
}

/** The program of a zone with rules of one phase; a rule that does not compile is the test's mistake. */
export function programOf(phase: Phase, rules: readonly GivenRule[]): RulesProgram {
  const program = compileRules({ zoneName: 'example.com', rulesets: new Map([[phase, makeStoredRules(rules)]]) })
  if (program.problems.length > 0) throw new Error(program.problems.join('\n'))
  return program
}
