// DELETE .../rulesets/{ruleset_id}: with all its versions.

import { z } from '@hono/zod-openapi'
import { ok } from '../../../base/index.ts'
import { rulesetOperation } from './home.ts'
import { findRuleset, pathsOf, RULESET_PATH, remove } from './ruleset.ts'

export const deleteRuleset = rulesetOperation({
  method: 'delete',
  path: RULESET_PATH,
  summary: 'Delete a ruleset; answers 204',
  result: z.null(),
  handle: (call) =>
    remove(call, (draft) => {
      const found = findRuleset(call, draft, 'edit')
      return found.ok ? ok(pathsOf(draft, call.home, found.value)) : found
    }),
})
