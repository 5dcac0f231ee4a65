// POST /zones/{zone_id}/dns_records/batch: many records in one change, in this order: deletes, patches, puts, posts.

import { z } from '@hono/zod-openapi'
import { ok } from '../../../base/index.ts'
import type { DnsRecord, DnsStep } from '../../../config/index.ts'
import { succeed } from '../../envelope.ts'
import { type ApiZone, type BodyRule, type Received, zoneOperation } from '../../operation.ts'
import { readBody } from '../../schema-body.ts'
import { RECORD_RESULT, RECORDS_PATH, refuseRecord, showRecord } from './record.ts'

const ID = z.string({ error: 'id is missing; add the id of the record' })
const EXISTING = z.array(z.looseObject({ id: ID }), {
  error: 'this is not an array of records; send [{"id": "...", ...}]',
})

const SCHEMA = z.object({
  deletes: EXISTING.nullish(),
  patches: EXISTING.nullish(),
  puts: EXISTING.nullish(),
  posts: z.array(z.looseObject({}), { error: 'this is not an array of records; send [{ ... }]' }).nullish(),
})

type Placed = {
  readonly list: 'deletes' | 'patches' | 'puts' | 'posts'
  readonly index: number
  readonly step: DnsStep
}

const BODY: BodyRule<readonly Placed[], Received & { readonly zone: ApiZone }> = {
  schema: SCHEMA,
  parse: (json) => {
    const body = readBody(SCHEMA, json)
    if (!body.ok) return body
    const { deletes, patches, puts, posts } = body.value
    const place = <Item>(
      list: Placed['list'],
      items: readonly Item[] | null | undefined,
      step: (item: Item) => DnsStep,
    ) => (items ?? []).map((item, index): Placed => ({ list, index, step: step(item) }))
    return ok([
      ...place('deletes', deletes, ({ id }) => ({ kind: 'delete', id })),
      ...place('patches', patches, ({ id, ...rest }) => ({ kind: 'patch', id, json: rest })),
      ...place('puts', puts, ({ id, ...rest }) => ({ kind: 'put', id, json: rest })),
      ...place('posts', posts, (item) => ({ kind: 'post', json: item })),
    ])
  },
}

const RECORDS = z.array(RECORD_RESULT)

export const batchRecords = zoneOperation({
  method: 'post',
  path: `${RECORDS_PATH}/batch`,
  summary: 'Change many DNS records, all or none',
  permission: 'dns:edit',
  body: BODY,
  result: z.object({ deletes: RECORDS, patches: RECORDS, puts: RECORDS, posts: RECORDS }),
  handle: ({ zone, services, body }) => {
    const done = services.administration.dns.run(
      zone.id,
      body.map(({ step }) => step),
    )
    if (!done.ok) {
      const failed = body[done.problem.step]
      return refuseRecord(done.problem.problem, failed && `/${failed.list}/${failed.index}`)
    }
    return succeed(groupByList(body, done.value))
  },
})

function groupByList(body: readonly Placed[], records: readonly DnsRecord[]): object {
  const of = (list: Placed['list']) =>
    records.filter((_, index) => body[index]?.list === list).map((record) => showRecord(record))
  return { deletes: of('deletes'), patches: of('patches'), puts: of('puts'), posts: of('posts') }
}
