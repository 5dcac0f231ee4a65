// GET /zones/{zone_id}/snippets: the snippets of a zone, by pages.

import { z } from '@hono/zod-openapi'
import { zoneOperation } from '../../operation.ts'
import { answerPage, readPage } from '../../pagination.ts'
import { SNIPPET_RESULT, SNIPPETS_PATH, showSnippet } from './snippet.ts'

const PAGE_LIMITS = { perPage: 100, maxPerPage: 300 }

export const listSnippets = zoneOperation({
  method: 'get',
  path: SNIPPETS_PATH,
  summary: 'List snippets',
  permission: 'snippets:read',
  result: z.array(SNIPPET_RESULT),
  handle: ({ zone, services, query }) => {
    const page = readPage(query, PAGE_LIMITS)
    if (!page.ok) return page
    return answerPage(services.administration.snippets.list(zone.id), page.value, showSnippet)
  },
})
