// GET /zones/{zone_id}/snippets/{snippet_name}/content: the code as a form.

import { z } from '@hono/zod-openapi'
import { refuse } from '../../envelope.ts'
import { zoneOperation } from '../../operation.ts'
import { answerForm } from '../workers/content.ts'
import { SNIPPET_PATH } from './snippet.ts'

export const getSnippetContent = zoneOperation({
  method: 'get',
  path: `${SNIPPET_PATH}/content`,
  summary: 'Download the code of a snippet as a form',
  permission: 'snippets:read',
  result: z.unknown(),
  handle: ({ zone, params, services }) => {
    const { snippets } = services.administration
    const snippet = snippets.find(zone.id, params.snippet_name ?? '')
    return snippet === undefined ? refuse('unknown-snippet') : answerForm(snippets.script(snippet))
  },
})
