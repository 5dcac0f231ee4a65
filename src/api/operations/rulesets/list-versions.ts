// GET .../versions of a ruleset or of an entry point: without their rules; none when there is no entry point.

import { z } from '@hono/zod-openapi'
import { summaryOf } from '../../../rulesets/index.ts'
import { succeed } from '../../envelope.ts'
import { rulesetOperation } from './home.ts'
import {
  ENTRY_POINT_PATH,
  findPhase,
  findRuleset,
  listVersions,
  placeOf,
  RULESET_PATH,
  SUMMARY_RESULT,
} from './ruleset.ts'

const VERSIONS = { method: 'get', result: z.array(SUMMARY_RESULT) } as const

export const listRulesetVersions = rulesetOperation({
  ...VERSIONS,
  path: `${RULESET_PATH}/versions`,
  summary: 'List the versions of a ruleset',
  handle: (call) => {
    const { documents } = call.services
    const found = findRuleset(call, documents, 'read')
    return found.ok ? succeed(listVersions(documents, call.home, placeOf(found.value)).map(summaryOf)) : found
  },
})

export const listEntryPointVersions = rulesetOperation({
  ...VERSIONS,
  path: `${ENTRY_POINT_PATH}/versions`,
  summary: 'List the versions of the entry point of a phase',
  handle: (call) => {
    const phase = findPhase(call, 'read')
    if (!phase.ok) return phase
    return succeed(listVersions(call.services.documents, call.home, phase.value).map(summaryOf))
  },
})
