// POST .../rulesets: make the entry point of a phase, of which there is one, or a custom ruleset of the account.

import { fail, ok, type Result } from '../../../base/index.ts'
import { isPhase, makeRuleset, type Phase, type RulesetDocument, type RulesetInput } from '../../../rulesets/index.ts'
import { refuse } from '../../envelope.ts'
import type { ApiProblem } from '../../errors.ts'
import { refuseLacking } from '../../lacks-permission.ts'
import { RULESET_BODY } from './body.ts'
import { type Home, rulesetOperation } from './home.ts'
import { carryOut, RULESET_RESULT, readEntryPoint, refuseInvalid, told } from './ruleset.ts'

export const createRuleset = rulesetOperation({
  method: 'post',
  path: '',
  summary: 'Make a ruleset',
  query: ['dry_run'],
  body: RULESET_BODY,
  result: RULESET_RESULT,
  handle: (call) => {
    const { body, identity, home } = call
    const fixed = readFixed(body, home)
    if (!fixed.ok) return fixed
    const { phase, kind } = fixed.value
    if (!home.mayTouch(identity, phase, 'edit')) return refuseLacking(home.permissionFor(phase, 'edit'))
    return carryOut(call, (draft, context) => {
      const existing = kind === 'custom' ? undefined : readEntryPoint(draft, home, phase)
      if (existing === undefined) return told(makeRuleset(phase, body, { ...context, kind }))
      const message = `the phase ${phase} has the ruleset ${existing.id} already; update that one`
      return refuse('second-entry-point', { message, pointer: '/phase' })
    })
  },
})

type Fixed = { readonly phase: Phase; readonly kind: RulesetDocument['kind'] }

/** What a new ruleset must say of itself, and will be for ever. */
function readFixed({ phase = '', name, kind }: RulesetInput, home: Home): Result<Fixed, readonly ApiProblem[]> {
  const kinds = home.kinds.map((each) => JSON.stringify(each)).join(' or ')
  if (name === undefined) return refuseInvalid([{ pointer: '', message: 'name is missing; give the ruleset one' }])
  if (kind === undefined) return refuseInvalid([{ pointer: '', message: `kind is missing; use ${kinds}` }])
  const known = home.kinds.find((each) => each === kind)
  if (known === undefined) {
    const message = `${JSON.stringify(kind.slice(0, 60))} rulesets do not exist in the ${home.title}; use ${kinds}`
    return refuseInvalid([{ pointer: '/kind', message }])
  }
  if (isPhase(phase)) return ok({ phase, kind: known })
  const message = `${JSON.stringify(phase.slice(0, 60))} is no phase here; use for example "http_request_cache_settings"`
  return fail([{ kind: 'invalid-ruleset', message, pointer: '/phase' }])
}
