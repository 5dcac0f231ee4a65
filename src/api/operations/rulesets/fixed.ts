// What of a ruleset never changes: its kind, and its phase.

import { ok, type Result } from '../../../base/index.ts'
import type { Phase, RulesetInput } from '../../../rulesets/index.ts'
import type { ApiProblem } from '../../errors.ts'
import { refuseInvalid } from './ruleset.ts'

/** Whether an input that names kind or phase names those that the ruleset has. */
export function judgeFixed({ kind, phase }: RulesetInput, own: Phase): Result<undefined, readonly ApiProblem[]> {
  if (kind !== undefined && kind !== 'zone') {
    const message = `${JSON.stringify(kind.slice(0, 60))} rulesets do not exist here; use "zone", the entry point of its phase`
    return refuseInvalid([{ pointer: '/kind', message }])
  }
  if (phase !== undefined && phase !== own) {
    const message = `the phase of this ruleset is ${own} and never changes; leave it out`
    return refuseInvalid([{ pointer: '/phase', message }])
  }
  return ok(undefined)
}
