// POST /zones: a new zone, active at once.  It serves nothing until it has an origin or a proxied DNS record.

import { z } from '@hono/zod-openapi'
import { ok } from '../../../base/index.ts'
import { ACCOUNT_ID, ZONE_TYPES, type ZoneType } from '../../../config/index.ts'
import { refuse, succeed } from '../../envelope.ts'
import { type BodyRule, operation, type Received } from '../../operation.ts'
import { readBody } from '../../schema-body.ts'
import { refuseZone, showZone, ZONE_RESULT, ZONES_PATH } from './zone.ts'

const SCHEMA = z.object({
  name: z.string({
    error: ({ input }) => (input === undefined ? 'name is missing; send {"name": "example.com"}' : undefined),
  }),
  account: z.object({ id: z.string().nullish() }).nullish(),
  type: z.enum(ZONE_TYPES, { error: `type is not known; use ${ZONE_TYPES.join(', ')}` }).nullish(),
  jump_start: z.unknown().optional(),
})

type NewZone = { readonly name: string; readonly type: ZoneType }

const BODY: BodyRule<NewZone, Received> = {
  schema: SCHEMA,
  parse: (json) => {
    const body = readBody(SCHEMA, json)
    if (!body.ok) return body
    const { name, account } = body.value
    const type = body.value.type ?? 'full'
    if (account?.id != null && account.id !== ACCOUNT_ID) {
      return refuse('unknown-account', { message: `the one account is ${ACCOUNT_ID}; use it`, pointer: '/account/id' })
    }
    return ok({ name, type })
  },
}

export const createZone = operation({
  method: 'post',
  path: ZONES_PATH,
  summary: 'Create a zone',
  permission: 'zone:edit',
  body: BODY,
  result: ZONE_RESULT,
  handle: ({ services, body }) => {
    const created = services.administration.zones.create(body.name, body.type)
    return created.ok ? succeed(showZone(created.value)) : refuseZone(created.problem)
  },
})
