// POST .../rulesets/{ruleset_id}/rules: one more rule; answers the whole ruleset.

import { addRule } from '../../../rulesets/index.ts'
import { RULE_BODY } from './body.ts'
import { rulesetOperation } from './home.ts'
import { carryOut, findRuleset, RULESET_PATH, RULESET_RESULT, told } from './ruleset.ts'

export const createRule = rulesetOperation({
  method: 'post',
  path: `${RULESET_PATH}/rules`,
  summary: 'Add a rule to a ruleset',
  query: ['dry_run'],
  body: RULE_BODY,
  result: RULESET_RESULT,
  handle: (call) =>
    carryOut(call, (draft, context) => {
      const found = findRuleset(call, draft, 'edit')
      return found.ok ? told(addRule(found.value, call.body, context)) : found
    }),
})
