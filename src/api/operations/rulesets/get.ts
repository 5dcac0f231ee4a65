// GET /zones/{zone_id}/rulesets/{ruleset_id}.

import { succeed } from '../../envelope.ts'
import { zoneOperation } from '../../operation.ts'
import { findRuleset, RULESET_PATH, RULESET_RESULT } from './ruleset.ts'

export const getRuleset = zoneOperation({
  method: 'get',
  path: RULESET_PATH,
  summary: 'Read a ruleset',
  permission: undefined,
  result: RULESET_RESULT,
  handle: (call) => {
    const found = findRuleset(call, call.services.documents, 'read')
    return found.ok ? succeed(found.value) : found
  },
})
