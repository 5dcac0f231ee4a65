// PATCH .../rulesets/{ruleset_id}/rules/{rule_id}: replace the rule, or only move it; answers the whole ruleset.

import { editRule } from '../../../rulesets/index.ts'
import { RULE_BODY } from './body.ts'
import { rulesetOperation } from './home.ts'
import { carryOut, findRuleset, RULESET_PATH, RULESET_RESULT, told } from './ruleset.ts'

export const patchRule = rulesetOperation({
  method: 'patch',
  path: `${RULESET_PATH}/rules/{rule_id}`,
  summary: 'Replace or move a rule of a ruleset',
  query: ['dry_run'],
  body: RULE_BODY,
  result: RULESET_RESULT,
  handle: (call) =>
    carryOut(call, (draft, context) => {
      const found = findRuleset(call, draft, 'edit')
      return found.ok ? told(editRule(found.value, call.params.rule_id ?? '', call.body, context)) : found
    }),
})
