// POST /zones/{zone_id}/cors_epoch: what is stored grants nothing to other Origins any more, until the origin server says so
// again.  Ours.
//
//   {}                              the whole zone
//   { "host": "b.example.com" }     one host
//   { "prefix": "b.example.com/f" } what is under a path
//
// Content is kept and validated; a copy with an older grant goes out to nobody, not even for a silent origin server.

import { z } from '@hono/zod-openapi'
import { fail, type Result } from '../../../base/index.ts'
import type { PurgeRequest } from '../../../purge/index.ts'
import { succeed } from '../../envelope.ts'
import type { ApiProblem } from '../../errors.ts'
import { type ApiZone, type BodyRule, type Received, zoneOperation } from '../../operation.ts'
import { limitFields, refuseForNow } from './body.ts'

type Given = Received & { readonly zone: ApiZone }

const SCHEMA = z.union([
  z.object({}).strict(),
  z.object({ host: z.string() }).strict(),
  z.object({ prefix: z.string() }).strict(),
])

const EPOCH_BODY: BodyRule<PurgeRequest, Given> = { schema: SCHEMA, parse }

/** The selectors of a purge say the same, with the same sentences about what is wrong. */
function parse(json: unknown, { zone, services }: Given): Result<PurgeRequest, readonly ApiProblem[]> {
  const body = json === undefined ? {} : json
  if (typeof body !== 'object' || body === null || Array.isArray(body)) return refused('the body must be an object', '')
  const [first, second] = Object.entries(body)
  if (second !== undefined) return refused('name a host or a prefix, not both; or neither, for the whole zone', '')
  if (first === undefined) return services.purger.parse(zone, { purge_everything: true })
  const [name, value] = first
  if (name !== 'host' && name !== 'prefix') {
    return refused('the body may have "host" or "prefix", or be empty for the whole zone', '')
  }
  const list = name === 'host' ? 'hosts' : 'prefixes'
  const parsed = services.purger.parse(zone, { [list]: [value] })
  if (parsed.ok) return parsed
  return fail(parsed.problem.map((problem) => ({ ...problem, pointer: `/${name}` })))
}

function refused(message: string, pointer: string): Result<never, readonly ApiProblem[]> {
  return fail([{ kind: 'purge-unknown-member', message, pointer }])
}

export const beginCorsEpoch = zoneOperation({
  method: 'post',
  path: '/zones/{zone_id}/cors_epoch',
  summary: 'Make every stored CORS grant unusable until the origin server gives it again; content is kept',
  permission: 'cache_purge:edit',
  body: EPOCH_BODY,
  result: z.object({
    id: z.string(),
    revision: z.int(),
    variants: z.int().nullable().openapi({ description: 'Copies that must be validated; null: not counted' }),
  }),
  handle: ({ zone, body, services }) => {
    const drawn = services.purgeAllowance.draw(body)
    if (!drawn.ok) return refuseForNow(drawn.problem)
    const receipt = services.purger.apply(zone, 'cors-epoch', body)
    if (!receipt.ok) return receipt
    const { revision, took } = receipt.value
    const fields = drawn.value === undefined ? {} : limitFields(drawn.value)
    return succeed({ id: zone.id, revision, variants: took?.variants ?? null }, { fields })
  },
})
