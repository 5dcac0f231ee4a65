// GET .../versions of a ruleset or of an entry point: without their rules; none when there is no entry point.

import { z } from '@hono/zod-openapi'
import { summaryOf } from '../../../rulesets/index.ts'
import { succeed } from '../../envelope.ts'
import { zoneOperation } from '../../operation.ts'
import { ENTRY_POINT_PATH, findPhase, findRuleset, listVersions, RULESET_PATH, SUMMARY_RESULT } from './ruleset.ts'

const VERSIONS = { method: 'get', permission: undefined, result: z.array(SUMMARY_RESULT) } as const

export const listRulesetVersions = zoneOperation({
  ...VERSIONS,
  path: `${RULESET_PATH}/versions`,
  summary: 'List the versions of a ruleset',
  handle: (call) => {
    const { documents } = call.services
    const found = findRuleset(call, documents, 'read')
    return found.ok ? succeed(listVersions(documents, call.zone.id, found.value.phase).map(summaryOf)) : found
  },
})

export const listEntryPointVersions = zoneOperation({
  ...VERSIONS,
  path: `${ENTRY_POINT_PATH}/versions`,
  summary: 'List the versions of the entry point of a phase',
  handle: (call) => {
    const phase = findPhase(call, 'read')
    if (!phase.ok) return phase
    return succeed(listVersions(call.services.documents, call.zone.id, phase.value).map(summaryOf))
  },
})
