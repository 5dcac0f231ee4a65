// What of a ruleset never changes: its kind, and its phase.

import { ok, type Result } from '../../../base/index.ts'
import type { RulesetDocument, RulesetInput } from '../../../rulesets/index.ts'
import type { ApiProblem } from '../../errors.ts'
import { refuseInvalid } from './ruleset.ts'

/** Whether an input that names kind or phase names those that the ruleset has. */
export function judgeFixed(
  { kind, phase }: RulesetInput,
  own: Pick<RulesetDocument, 'kind' | 'phase'>,
): Result<undefined, readonly ApiProblem[]> {
  for (const [name, given, fixed] of [['kind', kind, own.kind] as const, ['phase', phase, own.phase] as const]) {
    if (given === undefined || given === fixed) continue
    const message = `the ${name} of this ruleset is ${fixed} and never changes; leave it out`
    return refuseInvalid([{ pointer: `/${name}`, message }])
  }
  return ok(undefined)
}
