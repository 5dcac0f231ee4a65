// PUT /zones/{zone_id}/origins: replaces all of them, in the form of `origins` in varyant.json.  Ours.

import { z } from '@hono/zod-openapi'
import { succeed } from '../../envelope.ts'
import { type ApiZone, type BodyRule, type Received, zoneOperation } from '../../operation.ts'
import { readBody } from '../../schema-body.ts'
import { refuseZone } from '../zones/zone.ts'
import { ORIGINS_PATH, ORIGINS_RESULT } from './get.ts'

type Entries = Readonly<Record<string, unknown>>

/** The entries are for the store to judge. */
const BODY: BodyRule<Entries, Received & { readonly zone: ApiZone }> = {
  schema: ORIGINS_RESULT,
  parse: (json) => readBody(z.record(z.string(), z.unknown()), json),
}

export const setOrigins = zoneOperation({
  method: 'put',
  path: ORIGINS_PATH,
  summary: 'Replace the origins of a zone',
  permission: 'zone:edit',
  body: BODY,
  result: ORIGINS_RESULT,
  handle: ({ zone, services, body }) => {
    const set = services.administration.zones.setOrigins(zone.id, body)
    return set.ok ? succeed(set.value) : refuseZone(set.problem)
  },
})
