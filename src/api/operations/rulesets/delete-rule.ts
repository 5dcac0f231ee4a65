// DELETE .../rulesets/{ruleset_id}/rules/{rule_id}: answers 200 and the whole ruleset, not 204.

import { deleteRule } from '../../../rulesets/index.ts'
import { rulesetOperation } from './home.ts'
import { carryOut, findRuleset, RULESET_PATH, RULESET_RESULT, told } from './ruleset.ts'

export const removeRule = rulesetOperation({
  method: 'delete',
  path: `${RULESET_PATH}/rules/{rule_id}`,
  summary: 'Delete a rule of a ruleset',
  query: ['dry_run'],
  result: RULESET_RESULT,
  handle: (call) =>
    carryOut(call, (draft, context) => {
      const found = findRuleset(call, draft, 'edit')
      return found.ok ? told(deleteRule(found.value, call.params.rule_id ?? '', context)) : found
    }),
})
