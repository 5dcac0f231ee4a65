// DELETE .../rulesets/{ruleset_id}/versions/{version}: its number is never given again.

import { z } from '@hono/zod-openapi'
import { ok } from '../../../base/index.ts'
import { rulesetOperation } from './home.ts'
import { findRuleset, findVersion, placeOf, RULESET_PATH, refuseInvalid, remove, versionPath } from './ruleset.ts'

export const deleteRulesetVersion = rulesetOperation({
  method: 'delete',
  path: `${RULESET_PATH}/versions/{version}`,
  summary: 'Delete an old version of a ruleset; answers 204',
  query: ['dry_run'],
  status: 204,
  result: z.null(),
  handle: (call) =>
    remove(call, (draft) => {
      const found = findRuleset(call, draft, 'edit')
      if (!found.ok) return found
      const version = findVersion(call, draft, placeOf(found.value))
      if (!version.ok) return version
      if (version.value.version === found.value.version) {
        return refuseInvalid([
          { pointer: '', message: 'this version is the one in use; update or delete the ruleset instead' },
        ])
      }
      return ok([versionPath(call.home, version.value)])
    }),
})
