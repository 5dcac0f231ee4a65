// What the operations on DNS records share: paths, the result's shape, and the table of what can go wrong.

import { z } from '@hono/zod-openapi'
import { type DnsProblem, type DnsRecord, PROXIABLE } from '../../../config/index.ts'
import { type Outcome, refuse } from '../../envelope.ts'
import type { ApiZone, BodyRule, Received } from '../../operation.ts'
import { readBody } from '../../schema-body.ts'

export const RECORDS_PATH = '/zones/{zone_id}/dns_records'
export const RECORD_PATH = '/zones/{zone_id}/dns_records/{dns_record_id}'

export const RECORD_RESULT = z.looseObject({
  id: z.string(),
  name: z.string(),
  type: z.string(),
  content: z.string(),
  proxied: z.boolean(),
  ttl: z.number(),
})

export type RecordJson = Readonly<Record<string, unknown>>

/** The members are for the store to judge. */
export const RECORD_BODY: BodyRule<RecordJson, Received & { readonly zone: ApiZone }> = {
  schema: z.looseObject({ name: z.string(), type: z.string(), content: z.string().optional() }),
  parse: (json) => readBody(z.record(z.string(), z.unknown()), json),
}

export function showRecord(record: DnsRecord): object {
  const { created_on, modified_on, comment_modified_on: commentOn, tags_modified_on: tagsOn, ...rest } = record
  const { set_by: _, ...fields } = rest
  return {
    ...fields,
    proxiable: PROXIABLE.includes(record.type),
    meta: {},
    created_on: new Date(created_on).toISOString(),
    modified_on: new Date(modified_on).toISOString(),
    ...(commentOn !== undefined && { comment_modified_on: new Date(commentOn).toISOString() }),
    ...(tagsOn !== undefined && { tags_modified_on: new Date(tagsOn).toISOString() }),
  }
}

/** `place` is the JSON pointer of the record in the body. */
export function refuseRecord(problem: DnsProblem, place = ''): Outcome {
  switch (problem.kind) {
    case 'unknown-zone':
      return refuse('unknown-zone')
    case 'unknown-record':
      return refuse('dns-unknown-record')
    case 'bad-record':
      return refuse('dns-bad-record', { message: problem.message, pointer: `${place}/${problem.member}` })
    case 'identical':
      return refuse('dns-identical', { message: problem.message, pointer: place })
    case 'host-taken':
      return refuse('dns-host-taken', { message: problem.message, pointer: `${place}/name` })
    case 'bad-zone-file':
      return refuse('dns-bad-zone-file', { message: problem.message })
    case 'not-recorded':
      return refuse('not-recorded')
  }
}
