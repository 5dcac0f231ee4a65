// PUT .../rulesets/phases/{phase}/entrypoint: update it, or make it.

import { makeRuleset, replaceRuleset } from '../../../rulesets/index.ts'
import { RULESET_BODY } from './body.ts'
import { judgeFixed } from './fixed.ts'
import { rulesetOperation } from './home.ts'
import { carryOut, ENTRY_POINT_PATH, findPhase, RULESET_RESULT, readEntryPoint, told } from './ruleset.ts'

export const putRulesetEntryPoint = rulesetOperation({
  method: 'put',
  path: ENTRY_POINT_PATH,
  summary: 'Update or make the entry point of a phase',
  query: ['dry_run'],
  body: RULESET_BODY,
  result: RULESET_RESULT,
  handle: (call) => {
    const phase = findPhase(call, 'edit')
    if (!phase.ok) return phase
    const fixed = judgeFixed(call.body, { phase: phase.value, kind: call.home.entryKind })
    if (!fixed.ok) return fixed
    return carryOut(call, (draft, context) => {
      const old = readEntryPoint(draft, call.home, phase.value)
      if (old === undefined) return told(makeRuleset(phase.value, call.body, { ...context, kind: call.home.entryKind }))
      return told(replaceRuleset(old, call.body, context))
    })
  },
})
