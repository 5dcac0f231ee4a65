// GET /zones/{zone_id}/rulesets: those that the token may read, without their rules.

import { z } from '@hono/zod-openapi'
import { isPhase, PHASES, summaryOf } from '../../../rulesets/index.ts'
import { refuse, succeed } from '../../envelope.ts'
import { zoneOperation } from '../../operation.ts'
import { listRulesets, mayTouch, RULESETS_PATH, SUMMARY_RESULT } from './ruleset.ts'

const QUERY = z.object({
  per_page: z.coerce.number().int().min(1).max(50).default(50),
  /** The phase of the last ruleset on the page before. */
  cursor: z.string().optional(),
})

export const listZoneRulesets = zoneOperation({
  method: 'get',
  path: RULESETS_PATH,
  summary: 'List the rulesets of a zone',
  permission: undefined,
  result: z.array(SUMMARY_RESULT),
  handle: ({ identity, zone, query, services }) => {
    const phases = Object.keys(PHASES).filter(isPhase)
    if (!phases.some((phase) => mayTouch(identity, zone.id, phase, 'read'))) return refuse('lacks-permission')
    const parsed = QUERY.safeParse(Object.fromEntries(query))
    if (!parsed.success) return refuse('invalid-query', { message: 'per_page is not a whole number from 1 to 50' })
    const { per_page, cursor = '' } = parsed.data
    const rest = listRulesets(services.documents, zone.id).filter(
      ({ phase }) => phase > cursor && mayTouch(identity, zone.id, phase, 'read'),
    )
    const page = rest.slice(0, per_page)
    const next = rest.length > page.length ? page.at(-1)?.phase : undefined
    return succeed(page.map(summaryOf), {
      resultInfo: {
        count: page.length,
        per_page,
        ...(next !== undefined && { cursor: next, cursors: { after: next } }),
      },
    })
  },
})
