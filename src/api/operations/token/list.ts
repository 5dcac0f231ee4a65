// GET /user/tokens: page by page; a page past the end is empty.

import { z } from '@hono/zod-openapi'
import { refuse, succeed } from '../../envelope.ts'
import { operation } from '../../operation.ts'
import { listTokens, showToken, TOKEN_RESULT } from '../../token-document.ts'

const MAX_PER_PAGE = 50
const QUERY = z.object({
  page: z.coerce.number().int().min(1).max(1e9).default(1),
  per_page: z.coerce.number().int().min(5).max(MAX_PER_PAGE).default(20),
  direction: z.enum(['asc', 'desc']).default('desc'),
})

export const listAllTokens = operation({
  method: 'get',
  path: '/user/tokens',
  summary: 'List tokens',
  permission: 'api_tokens:read',
  query: ['direction', 'page', 'per_page'],
  result: z.array(TOKEN_RESULT),
  handle: ({ query, services }) => {
    const parsed = QUERY.safeParse(Object.fromEntries(query))
    if (!parsed.success) {
      const [issue] = parsed.error.issues
      return refuse('invalid-query', { message: `${issue?.path.join('.')}: ${issue?.message}` })
    }
    const { page, per_page, direction } = parsed.data
    const oldestFirst = listTokens(services.documents)
    const tokens = direction === 'asc' ? oldestFirst : oldestFirst.toReversed()
    const shown = tokens.slice((page - 1) * per_page, page * per_page)
    const total_count = tokens.length
    return succeed(
      shown.map((token) => showToken(token, services.clock.now())),
      {
        resultInfo: {
          page,
          per_page,
          count: shown.length,
          total_count,
          total_pages: Math.ceil(total_count / per_page),
        },
      },
    )
  },
})
