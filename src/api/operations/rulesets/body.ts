// The bodies of rulesets and rules.

import { ok } from '../../../base/index.ts'
import { type RuleEdit, type RulesetInput, readRuleEdit, readRuleset } from '../../../rulesets/index.ts'
import type { BodyRule } from '../../operation.ts'
import { RULE_SCHEMA, RULESET_SCHEMA, refuseInvalid } from './ruleset.ts'

export const RULESET_BODY: BodyRule<RulesetInput, unknown> = {
  schema: RULESET_SCHEMA,
  parse: (json) => {
    const read = readRuleset(json)
    return read.ok ? ok(read.value) : refuseInvalid(read.problem)
  },
}

export const RULE_BODY: BodyRule<RuleEdit, unknown> = {
  schema: RULE_SCHEMA,
  parse: (json) => {
    const read = readRuleEdit(json)
    return read.ok ? ok(read.value) : refuseInvalid(read.problem)
  },
}
