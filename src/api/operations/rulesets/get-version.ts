// GET .../versions/{version} of a ruleset or of an entry point.

import { succeed } from '../../envelope.ts'
import { rulesetOperation } from './home.ts'
import {
  ENTRY_POINT_PATH,
  findPhase,
  findRuleset,
  findVersion,
  getEntryPoint,
  placeOf,
  RULESET_PATH,
  RULESET_RESULT,
} from './ruleset.ts'

const VERSION = { method: 'get', result: RULESET_RESULT } as const

export const getRulesetVersion = rulesetOperation({
  ...VERSION,
  path: `${RULESET_PATH}/versions/{version}`,
  summary: 'Read a version of a ruleset',
  handle: (call) => {
    const { documents } = call.services
    const found = findRuleset(call, documents, 'read')
    if (!found.ok) return found
    const version = findVersion(call, documents, placeOf(found.value))
    return version.ok ? succeed(version.value) : version
  },
})

export const getEntryPointVersion = rulesetOperation({
  ...VERSION,
  path: `${ENTRY_POINT_PATH}/versions/{version}`,
  summary: 'Read a version of the entry point of a phase',
  handle: (call) => {
    const { documents } = call.services
    const phase = findPhase(call, 'read')
    if (!phase.ok) return phase
    const found = getEntryPoint(documents, call.home, phase.value)
    if (!found.ok) return found
    const version = findVersion(call, documents, phase.value)
    return version.ok ? succeed(version.value) : version
  },
})
