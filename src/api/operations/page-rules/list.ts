// GET /zones/{zone_id}/pagerules: all of them, those of the highest priority first.  No pages: SDKs read one array.

import { z } from '@hono/zod-openapi'
import { succeed } from '../../envelope.ts'
import { zoneOperation } from '../../operation.ts'
import { readChoice } from '../../pagination.ts'
import { listPageRules, NOTICES, PAGE_RULE_RESULT, PAGE_RULES_PATH, type PageRule } from './page-rule.ts'

export const listAllPageRules = zoneOperation({
  method: 'get',
  path: PAGE_RULES_PATH,
  summary: 'List page rules',
  permission: 'page_rules:read',
  query: ['status', 'order', 'direction', 'match'],
  result: z.array(PAGE_RULE_RESULT),
  handle: ({ zone, query, services }) => {
    const status = readChoice(query, 'status', ['', 'active', 'disabled'])
    if (!status.ok) return status
    const order = readChoice(query, 'order', ['priority', 'status'])
    if (!order.ok) return order
    const direction = readChoice(query, 'direction', ['desc', 'asc'])
    if (!direction.ok) return direction
    const match = readChoice(query, 'match', ['all', 'any'])
    if (!match.ok) return match
    const sign = direction.value === 'asc' ? 1 : -1
    const rules = listPageRules(services.documents, zone.id)
      .filter((rule) => status.value === '' || rule.status === status.value)
      .toSorted((a, b) => sign * compare(a, b, order.value))
    return succeed(rules, rules.length === 0 ? {} : { messages: NOTICES })
  },
})

function compare(a: PageRule, b: PageRule, order: 'priority' | 'status'): number {
  if (a[order] !== b[order]) return a[order] < b[order] ? -1 : 1
  return a.id < b.id ? -1 : 1
}
