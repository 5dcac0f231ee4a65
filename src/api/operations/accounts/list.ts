// GET /accounts: the one account.

import { z } from '@hono/zod-openapi'
import { operation } from '../../operation.ts'
import { answerPage, readPage } from '../../pagination.ts'
import { ACCOUNT, ACCOUNT_RESULT } from './account.ts'

const PAGE_LIMITS = { perPage: 20, maxPerPage: 50 }

export const listAccounts = operation({
  method: 'get',
  path: '/accounts',
  summary: 'List accounts',
  permission: 'account:read',
  query: ['name', 'page', 'per_page'],
  result: z.array(ACCOUNT_RESULT),
  handle: ({ query }) => {
    const page = readPage(query, PAGE_LIMITS)
    if (!page.ok) return page
    const name = query.get('name')
    const isMeant = name === null || name === '' || name.toLowerCase() === ACCOUNT.name
    return answerPage(isMeant ? [ACCOUNT] : [], page.value, (account) => account)
  },
})
