// POST /zones/{zone_id}/pagerules.

import { refuse, succeed } from '../../envelope.ts'
import { zoneOperation } from '../../operation.ts'
import { recorded } from '../../recorded.ts'
import { newId } from '../../token-document.ts'
import {
  listPageRules,
  MAX_PAGE_RULES,
  NOTICES,
  PAGE_RULE_RESULT,
  PAGE_RULES_PATH,
  type PageRule,
  pageRulePath,
  WHOLE_BODY,
} from './page-rule.ts'

export const createPageRule = zoneOperation({
  method: 'post',
  path: PAGE_RULES_PATH,
  summary: 'Create a page rule',
  permission: 'page_rules:edit',
  body: WHOLE_BODY,
  result: PAGE_RULE_RESULT,
  handle: ({ zone, body, services }) => {
    const now = new Date(services.clock.now()).toISOString()
    const rule: PageRule = { id: newId(), ...body, created_on: now, modified_on: now }
    return recorded(services, (draft) => {
      if (listPageRules(draft, zone.id).length >= MAX_PAGE_RULES) {
        const message = `a zone has ${MAX_PAGE_RULES} page rules at most; delete one, or use rulesets`
        return refuse('too-many-page-rules', { message })
      }
      draft.write(pageRulePath(zone.id, rule.id), rule)
      return succeed(rule, { messages: NOTICES })
    })
  },
})
