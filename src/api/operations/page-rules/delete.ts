// DELETE /zones/{zone_id}/pagerules/{pagerule_id}.

import { z } from '@hono/zod-openapi'
import { refuse, succeed } from '../../envelope.ts'
import { zoneOperation } from '../../operation.ts'
import { recorded } from '../../recorded.ts'
import { PAGE_RULE_PATH, pageRulePath, readPageRule } from './page-rule.ts'

export const deletePageRule = zoneOperation({
  method: 'delete',
  path: PAGE_RULE_PATH,
  summary: 'Delete a page rule',
  permission: 'page_rules:edit',
  result: z.object({ id: z.string() }),
  handle: ({ zone, params, services }) =>
    recorded(services, (draft) => {
      const rule = readPageRule(draft, zone.id, params.pagerule_id)
      if (rule === undefined) return refuse('unknown-page-rule')
      draft.remove(pageRulePath(zone.id, rule.id))
      return succeed({ id: rule.id })
    }),
})
