// DELETE /zones/{zone_id}/rulesets/{ruleset_id}: with all its versions.

import { z } from '@hono/zod-openapi'
import { ok } from '../../../base/index.ts'
import { zoneOperation } from '../../operation.ts'
import { findRuleset, pathsOf, RULESET_PATH, remove } from './ruleset.ts'

export const deleteRuleset = zoneOperation({
  method: 'delete',
  path: RULESET_PATH,
  summary: 'Delete a ruleset; answers 204',
  permission: undefined,
  result: z.null(),
  handle: (call) =>
    remove(call, (draft) => {
      const found = findRuleset(call, draft, 'edit')
      return found.ok ? ok(pathsOf(draft, call.zone.id, found.value.phase)) : found
    }),
})
