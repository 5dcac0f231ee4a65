// GET /zones/{zone_id}/snippets/snippet_rules: which requests run which snippet, in order.

import { succeed } from '../../envelope.ts'
import { zoneOperation } from '../../operation.ts'
import { RULES_PATH, RULES_RESULT, showRules } from './snippet.ts'

export const getSnippetRules = zoneOperation({
  method: 'get',
  path: RULES_PATH,
  summary: 'List snippet rules',
  permission: 'snippets:read',
  result: RULES_RESULT,
  handle: ({ zone, services }) => succeed(showRules(services.administration.snippets.rules(zone.id))),
})
