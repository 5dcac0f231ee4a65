// GET .../rulesets: those that the token may read, without their rules.

import { z } from '@hono/zod-openapi'
import { summaryOf } from '../../../rulesets/index.ts'
import { refuse } from '../../envelope.ts'
import { answerCursorPage } from '../../pagination.ts'
import { rulesetOperation } from './home.ts'
import { listRulesets, SUMMARY_RESULT, sortKeyOf } from './ruleset.ts'

const QUERY = z.object({
  per_page: z.coerce.number().int().min(1).max(50).default(50),
  /** Where the page before ended. */
  cursor: z.string().optional(),
})

export const listAllRulesets = rulesetOperation({
  method: 'get',
  path: '',
  summary: 'List rulesets',
  query: ['cursor', 'per_page'],
  result: z.array(SUMMARY_RESULT),
  handle: ({ identity, home, query, services }) => {
    const parsed = QUERY.safeParse(Object.fromEntries(query))
    if (!parsed.success) return refuse('invalid-query', { message: 'per_page is not a whole number from 1 to 50' })
    const { per_page: perPage, cursor = '' } = parsed.data
    const rest = listRulesets(services.documents, home).filter(
      (ruleset) => sortKeyOf(ruleset) > cursor && home.mayTouch(identity, ruleset.phase, 'read'),
    )
    const page = rest.slice(0, perPage)
    const last = page.at(-1)
    const next = last !== undefined && rest.length > page.length ? sortKeyOf(last) : undefined
    return answerCursorPage(page.map(summaryOf), { perPage, next })
  },
})
