// PUT /zones/{zone_id}/pagerules/{pagerule_id}: the whole rule anew.

import { zoneOperation } from '../../operation.ts'
import { PAGE_RULE_PATH, PAGE_RULE_RESULT, WHOLE_BODY } from './page-rule.ts'
import { rewritePageRule } from './rewrite.ts'

export const replacePageRule = zoneOperation({
  method: 'put',
  path: PAGE_RULE_PATH,
  summary: 'Replace a page rule',
  permission: 'page_rules:edit',
  body: WHOLE_BODY,
  result: PAGE_RULE_RESULT,
  handle: (call) => rewritePageRule(call, () => call.body),
})
