// What replacing and changing a page rule have in common.

import { type Outcome, refuse, succeed } from '../../envelope.ts'
import type { ZoneCall } from '../../operation.ts'
import { recorded } from '../../recorded.ts'
import { NOTICES, type PageRule, type PageRuleFields, pageRulePath, readPageRule } from './page-rule.ts'

/** Writes the rule of the path with other fields; its id and when it was made stay. */
export function rewritePageRule(
  { zone, params, services }: ZoneCall<unknown>,
  fieldsOf: (before: PageRule) => PageRuleFields,
): Outcome {
  return recorded(services, (draft) => {
    const before = readPageRule(draft, zone.id, params.pagerule_id)
    if (before === undefined) return refuse('unknown-page-rule')
    const { id, created_on } = before
    const rule: PageRule = {
      id,
      ...fieldsOf(before),
      created_on,
      modified_on: new Date(services.clock.now()).toISOString(),
    }
    draft.write(pageRulePath(zone.id, id), rule)
    return succeed(rule, { messages: NOTICES })
  })
}
