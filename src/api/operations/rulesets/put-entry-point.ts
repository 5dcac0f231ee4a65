// PUT /zones/{zone_id}/rulesets/phases/{phase}/entrypoint: update it, or make it.

import { makeRuleset, replaceRuleset } from '../../../rulesets/index.ts'
import { zoneOperation } from '../../operation.ts'
import { RULESET_BODY } from './body.ts'
import { judgeFixed } from './fixed.ts'
import { carryOut, ENTRY_POINT_PATH, findPhase, RULESET_RESULT, readEntryPoint, told } from './ruleset.ts'

export const putRulesetEntryPoint = zoneOperation({
  method: 'put',
  path: ENTRY_POINT_PATH,
  summary: 'Update or make the entry point of a phase',
  permission: undefined,
  body: RULESET_BODY,
  result: RULESET_RESULT,
  handle: (call) => {
    const phase = findPhase(call, 'edit')
    if (!phase.ok) return phase
    const fixed = judgeFixed(call.body, phase.value)
    if (!fixed.ok) return fixed
    return carryOut(call, (draft, context) => {
      const old = readEntryPoint(draft, call.zone.id, phase.value)
      if (old === undefined) return told(makeRuleset(phase.value, call.body, context))
      return told(replaceRuleset(old, call.body, context))
    })
  },
})
