// POST|GET /zones/{zone_id}/cache/cache_reserve_clear: empty the reserve, and ask how far that is.
// CF cache/advanced-configuration/cache-reserve
//
// This edge has no reserve, so there is nothing to wait for: a clear is complete when it is accepted.

import { z } from '@hono/zod-openapi'
import { type Outcome, refuse, succeed } from '../../envelope.ts'
import { zoneOperation } from '../../operation.ts'
import { recorded } from '../../recorded.ts'
import { keptNotice } from '../settings/setting.ts'

const PATH = '/zones/{zone_id}/cache/cache_reserve_clear'
const RESULT = z.object({
  id: z.literal('cache_reserve_clear'),
  start_ts: z.string(),
  end_ts: z.string(),
  state: z.enum(['In-progress', 'Completed']),
  modified_on: z.string(),
})

const documentPath = (zone: string): string => `zones/${zone}/cache_reserve_clear`
const NOTICES = [keptNotice('the cache reserve is')]

export const clearReserve = zoneOperation({
  method: 'post',
  path: PATH,
  summary: 'Clear the cache reserve',
  permission: 'zone_settings:edit',
  result: RESULT,
  handle: ({ zone, services }) => {
    const reserve = services.administration.dedicated.find(zone.id, 'cache_reserve')
    if (reserve === undefined) return refuse('unknown-zone')
    if (reserve.value === 'on' || reserve.modifiedOn === undefined) {
      const remedy = reserve.value === 'on' ? 'is on; switch it off first' : 'was never on; there is nothing to clear'
      return refuse('reserve-not-clearable', { message: `cache_reserve ${remedy}` })
    }
    return recorded(services, (draft): Outcome => {
      const now = new Date(services.clock.now()).toISOString()
      const done = { id: 'cache_reserve_clear', start_ts: now, end_ts: now, state: 'Completed', modified_on: now }
      draft.write(documentPath(zone.id), done)
      return succeed(done, { messages: NOTICES })
    })
  },
})

export const getReserveClear = zoneOperation({
  method: 'get',
  path: PATH,
  summary: 'Read how far the clearing of the cache reserve is',
  permission: 'zone_settings:read',
  result: RESULT,
  handle: ({ zone, services }) => {
    const done = services.documents.read(documentPath(zone.id))
    if (done !== undefined) return succeed(done, { messages: NOTICES })
    // CF quirk, kept verbatim: clients show this sentence.
    const message = 'Unable to retrieve cache_reserve_clear setting value. The zone setting does not exist.'
    return refuse('setting-never-set', { message })
  },
})
