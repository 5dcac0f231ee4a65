// PATCH /zones/{zone_id}: pause a zone, or change its type or its vanity name servers; one of them a call.

import { z } from '@hono/zod-openapi'
import { ok } from '../../../base/index.ts'
import { ZONE_TYPES, type ZoneChange } from '../../../config/index.ts'
import { refuse, succeed } from '../../envelope.ts'
import { type ApiZone, type BodyRule, type Received, zoneOperation } from '../../operation.ts'
import { readBody } from '../../schema-body.ts'
import { refuseZone, showZone, ZONE_PATH, ZONE_RESULT } from './zone.ts'

const MEMBERS = ['paused', 'type', 'vanity_name_servers'] as const

const SCHEMA = z.object({
  paused: z.boolean({ error: 'paused is not a boolean; use true or false' }).nullish(),
  type: z.enum(ZONE_TYPES, { error: `type is not known; use ${ZONE_TYPES.join(', ')}` }).nullish(),
  vanity_name_servers: z.array(z.string(), { error: 'vanity_name_servers is not an array of strings' }).nullish(),
})

const BODY: BodyRule<ZoneChange, Received & { readonly zone: ApiZone }> = {
  schema: SCHEMA,
  parse: (json) => {
    const body = readBody(SCHEMA, json)
    if (!body.ok) return body
    const { paused, type, vanity_name_servers: names } = body.value
    const given = MEMBERS.filter((member) => body.value[member] != null)
    if (given.length !== 1) {
      const sent = given.length === 0 ? 'nothing that can be changed was sent' : `${given.join(' and ')} were sent`
      const message = `${sent}; send exactly one of ${MEMBERS.join(', ')}`
      return refuse('invalid-body', { message, pointer: '' })
    }
    return ok({
      ...(paused != null && { paused }),
      ...(type != null && { type }),
      ...(names != null && { vanity_name_servers: names }),
    })
  },
}

export const editZone = zoneOperation({
  method: 'patch',
  path: ZONE_PATH,
  summary: 'Change a zone',
  permission: 'zone:edit',
  body: BODY,
  result: ZONE_RESULT,
  handle: ({ zone, services, body }) => {
    const changed = services.administration.zones.change(zone.id, body)
    return changed.ok ? succeed(showZone(changed.value)) : refuseZone(changed.problem)
  },
})
