// GET /memberships: the user's one membership, in the one account; wrangler finds the account by it.

import { z } from '@hono/zod-openapi'
import { operation } from '../../operation.ts'
import { answerPage, readPage } from '../../pagination.ts'
import { ACCOUNT_RESULT, MEMBERSHIP } from './account.ts'

const PAGE_LIMITS = { perPage: 20, maxPerPage: 50 }

export const listMemberships = operation({
  method: 'get',
  path: '/memberships',
  summary: 'List memberships',
  permission: 'memberships:read',
  query: ['page', 'per_page'],
  result: z.array(z.looseObject({ id: z.string(), account: ACCOUNT_RESULT })),
  handle: ({ query }) => {
    const page = readPage(query, PAGE_LIMITS)
    return page.ok ? answerPage([MEMBERSHIP], page.value, (membership) => membership) : page
  },
})
