// PATCH /zones/{zone_id}/pagerules/{pagerule_id}: what is given replaces what is there.

import { zoneOperation } from '../../operation.ts'
import { PAGE_RULE_PATH, PAGE_RULE_RESULT, PART_BODY } from './page-rule.ts'
import { rewritePageRule } from './rewrite.ts'

export const editPageRule = zoneOperation({
  method: 'patch',
  path: PAGE_RULE_PATH,
  summary: 'Change members of a page rule',
  permission: 'page_rules:edit',
  body: PART_BODY,
  result: PAGE_RULE_RESULT,
  handle: (call) =>
    rewritePageRule(call, ({ id: _, created_on: __, modified_on: ___, ...before }) => ({
      ...before,
      ...Object.fromEntries(Object.entries(call.body).filter(([, value]) => value !== undefined)),
    })),
})
