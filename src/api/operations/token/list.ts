// GET /user/tokens: page by page; a page past the end is empty.

import { z } from '@hono/zod-openapi'
import { operation } from '../../operation.ts'
import { answerPage, readChoice, readPage } from '../../pagination.ts'
import { listTokens, showToken, TOKEN_RESULT } from '../../token-document.ts'

const PAGE_LIMITS = { perPage: 20, maxPerPage: 50 }

export const listAllTokens = operation({
  method: 'get',
  path: '/user/tokens',
  summary: 'List tokens',
  permission: 'api_tokens:read',
  query: ['direction', 'page', 'per_page'],
  result: z.array(TOKEN_RESULT),
  handle: ({ query, services }) => {
    const page = readPage(query, PAGE_LIMITS)
    if (!page.ok) return page
    const direction = readChoice(query, 'direction', ['desc', 'asc'])
    if (!direction.ok) return direction
    const oldestFirst = listTokens(services.documents)
    const tokens = direction.value === 'asc' ? oldestFirst : oldestFirst.toReversed()
    return answerPage(tokens, page.value, (token) => showToken(token, services.clock.now()))
  },
})
