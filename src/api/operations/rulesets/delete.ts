// DELETE .../rulesets/{ruleset_id}: with all its versions.

import { z } from '@hono/zod-openapi'
import { ok } from '../../../base/index.ts'
import { refuse } from '../../envelope.ts'
import { rulesetOperation } from './home.ts'
import { findExecuting, findRuleset, pathsOf, RULESET_PATH, remove } from './ruleset.ts'

export const deleteRuleset = rulesetOperation({
  method: 'delete',
  path: RULESET_PATH,
  summary: 'Delete a ruleset; answers 204',
  query: ['dry_run'],
  status: 204,
  result: z.null(),
  handle: (call) =>
    remove(call, (draft) => {
      const found = findRuleset(call, draft, 'edit')
      if (!found.ok) return found
      const executing = findExecuting(draft, found.value.id)
      if (executing === undefined) return ok(pathsOf(draft, call.home, found.value))
      const message = `the ruleset ${executing} executes this one; remove its rule first`
      return refuse('ruleset-in-use', { message })
    }),
})
