// GET /zones/{zone_id}/snippets/{snippet_name}

import { refuse, succeed } from '../../envelope.ts'
import { zoneOperation } from '../../operation.ts'
import { SNIPPET_PATH, SNIPPET_RESULT, showSnippet } from './snippet.ts'

export const getSnippet = zoneOperation({
  method: 'get',
  path: SNIPPET_PATH,
  summary: 'Read a snippet',
  permission: 'snippets:read',
  result: SNIPPET_RESULT,
  handle: ({ zone, params, services }) => {
    const snippet = services.administration.snippets.find(zone.id, params.snippet_name ?? '')
    return snippet === undefined ? refuse('unknown-snippet') : succeed(showSnippet(snippet))
  },
})
