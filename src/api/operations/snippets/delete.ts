// DELETE /zones/{zone_id}/snippets/{snippet_name}; refused while a rule names it.

import { z } from '@hono/zod-openapi'
import { succeed } from '../../envelope.ts'
import { zoneOperation } from '../../operation.ts'
import { refuseSnippet, SNIPPET_PATH } from './snippet.ts'

export const deleteSnippet = zoneOperation({
  method: 'delete',
  path: SNIPPET_PATH,
  summary: 'Delete a snippet',
  permission: 'snippets:edit',
  result: z.string().nullable(),
  handle: ({ zone, params, services }) => {
    const removed = services.administration.snippets.remove(zone.id, params.snippet_name ?? '')
    return removed.ok ? succeed(null) : refuseSnippet(removed.problem)
  },
})
