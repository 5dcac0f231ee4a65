// GET .../rulesets/phases/{phase}/entrypoint: 404 when nobody made it.

import { succeed } from '../../envelope.ts'
import { rulesetOperation } from './home.ts'
import { ENTRY_POINT_PATH, findPhase, getEntryPoint, RULESET_RESULT } from './ruleset.ts'

export const getRulesetEntryPoint = rulesetOperation({
  method: 'get',
  path: ENTRY_POINT_PATH,
  summary: 'Read the entry point of a phase',
  result: RULESET_RESULT,
  handle: (call) => {
    const phase = findPhase(call, 'read')
    if (!phase.ok) return phase
    const found = getEntryPoint(call.services.documents, call.home, phase.value)
    return found.ok ? succeed(found.value) : found
  },
})
