// DELETE /zones/{zone_id}/snippets/snippet_rules: no snippet runs any more.

import { succeed } from '../../envelope.ts'
import { zoneOperation } from '../../operation.ts'
import { RULES_PATH, RULES_RESULT, refuseSnippet, showRules } from './snippet.ts'

export const deleteSnippetRules = zoneOperation({
  method: 'delete',
  path: RULES_PATH,
  summary: 'Remove all snippet rules',
  permission: 'snippets:edit',
  result: RULES_RESULT,
  handle: ({ zone, services }) => {
    const { snippets } = services.administration
    const before = snippets.rules(zone.id)
    const set = snippets.setRules(zone.id, [])
    return set.ok ? succeed(showRules(before)) : refuseSnippet(set.problem)
  },
})
