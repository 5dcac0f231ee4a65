// GET .../rulesets/{ruleset_id}.

import { succeed } from '../../envelope.ts'
import { rulesetOperation } from './home.ts'
import { findRuleset, RULESET_PATH, RULESET_RESULT } from './ruleset.ts'

export const getRuleset = rulesetOperation({
  method: 'get',
  path: RULESET_PATH,
  summary: 'Read a ruleset',
  result: RULESET_RESULT,
  handle: (call) => {
    const found = findRuleset(call, call.services.documents, 'read')
    return found.ok ? succeed(found.value) : found
  },
})
