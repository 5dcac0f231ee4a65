// GET /zones/{zone_id}/pagerules/{pagerule_id}.

import { refuse, succeed } from '../../envelope.ts'
import { zoneOperation } from '../../operation.ts'
import { NOTICES, PAGE_RULE_PATH, PAGE_RULE_RESULT, readPageRule } from './page-rule.ts'

export const getPageRule = zoneOperation({
  method: 'get',
  path: PAGE_RULE_PATH,
  summary: 'Read a page rule',
  permission: 'page_rules:read',
  result: PAGE_RULE_RESULT,
  handle: ({ zone, params, services }) => {
    const rule = readPageRule(services.documents, zone.id, params.pagerule_id)
    return rule === undefined ? refuse('unknown-page-rule') : succeed(rule, { messages: NOTICES })
  },
})
