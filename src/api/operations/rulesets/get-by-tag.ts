// GET .../rulesets/{ruleset_id}/versions/{version}/by_tag/{tag}: the rules of a managed ruleset that have a tag.
//
// Only managed rulesets have tags, and there is none here, so a version that exists has no such rule.

import { succeed } from '../../envelope.ts'
import { rulesetOperation } from './home.ts'
import { findRuleset, findVersion, placeOf, RULESET_PATH, RULESET_RESULT } from './ruleset.ts'

export const getRulesetByTag = rulesetOperation({
  method: 'get',
  path: `${RULESET_PATH}/versions/{version}/by_tag/{tag}`,
  summary: 'Read the rules of a version that have a tag',
  result: RULESET_RESULT,
  handle: (call) => {
    const { documents } = call.services
    const found = findRuleset(call, documents, 'read')
    if (!found.ok) return found
    const version = findVersion(call, documents, placeOf(found.value))
    return version.ok ? succeed({ ...version.value, rules: [] }) : version
  },
})
