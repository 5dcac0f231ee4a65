// DELETE /zones/{zone_id}/rulesets/{ruleset_id}/versions/{version}: its number is never given again.

import { z } from '@hono/zod-openapi'
import { ok } from '../../../base/index.ts'
import { zoneOperation } from '../../operation.ts'
import { findRuleset, findVersion, RULESET_PATH, refuseInvalid, remove, versionPath } from './ruleset.ts'

export const deleteRulesetVersion = zoneOperation({
  method: 'delete',
  path: `${RULESET_PATH}/versions/{version}`,
  summary: 'Delete an old version of a ruleset; answers 204',
  permission: undefined,
  result: z.null(),
  handle: (call) =>
    remove(call, (draft) => {
      const found = findRuleset(call, draft, 'edit')
      if (!found.ok) return found
      const version = findVersion(call, draft, found.value.phase)
      if (!version.ok) return version
      if (version.value.version === found.value.version) {
        return refuseInvalid([
          { pointer: '', message: 'this version is the one in use; update or delete the ruleset instead' },
        ])
      }
      return ok([versionPath(call.zone.id, version.value)])
    }),
})
