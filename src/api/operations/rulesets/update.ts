// PUT .../rulesets/{ruleset_id}: replace the whole list of rules, or what else the body names.

import { replaceRuleset } from '../../../rulesets/index.ts'
import { RULESET_BODY } from './body.ts'
import { judgeFixed } from './fixed.ts'
import { rulesetOperation } from './home.ts'
import { carryOut, findRuleset, RULESET_PATH, RULESET_RESULT, told } from './ruleset.ts'

export const updateRuleset = rulesetOperation({
  method: 'put',
  path: RULESET_PATH,
  summary: 'Update a ruleset',
  query: ['dry_run'],
  body: RULESET_BODY,
  result: RULESET_RESULT,
  handle: (call) =>
    carryOut(call, (draft, context) => {
      const found = findRuleset(call, draft, 'edit')
      if (!found.ok) return found
      const fixed = judgeFixed(call.body, found.value)
      return fixed.ok ? told(replaceRuleset(found.value, call.body, context)) : fixed
    }),
})
