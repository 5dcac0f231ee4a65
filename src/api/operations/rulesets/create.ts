// POST /zones/{zone_id}/rulesets: make the entry point of a phase, of which there is one.

import { isPhase, makeRuleset } from '../../../rulesets/index.ts'
import { refuse } from '../../envelope.ts'
import { zoneOperation } from '../../operation.ts'
import { RULESET_BODY } from './body.ts'
import { judgeFixed } from './fixed.ts'
import { carryOut, mayTouch, RULESET_RESULT, RULESETS_PATH, readEntryPoint, refuseInvalid, told } from './ruleset.ts'

export const createRuleset = zoneOperation({
  method: 'post',
  path: RULESETS_PATH,
  summary: 'Make a ruleset',
  permission: undefined,
  body: RULESET_BODY,
  result: RULESET_RESULT,
  handle: (call) => {
    const { body, identity, zone } = call
    const { phase = '', name, kind } = body
    if (name === undefined) return refuseInvalid([{ pointer: '', message: 'name is missing; give the ruleset one' }])
    if (kind === undefined) return refuseInvalid([{ pointer: '', message: 'kind is missing; use "zone"' }])
    if (!isPhase(phase)) {
      const message = `${JSON.stringify(phase.slice(0, 60))} is no phase of a zone; use for example "http_request_cache_settings"`
      return refuseInvalid([{ pointer: '/phase', message }])
    }
    if (!mayTouch(identity, zone.id, phase, 'edit')) return refuse('lacks-permission')
    const fixed = judgeFixed(body, phase)
    if (!fixed.ok) return fixed
    return carryOut(call, (draft, context) => {
      const existing = readEntryPoint(draft, zone.id, phase)
      if (existing === undefined) return told(makeRuleset(phase, body, context))
      const message = `the phase ${phase} has the ruleset ${existing.id} already; update that one`
      return refuse('second-entry-point', { message, pointer: '/phase' })
    })
  },
})
