// Scanning public DNS for records of a zone, which is what a new zone begins with at Cloudflare.  CF api/dns/records
//
// This edge asks no name servers about a zone: a scan finds nothing, there is nothing to review, and the answer says so.

import { z } from '@hono/zod-openapi'
import { refuse, succeed } from '../../envelope.ts'
import { type Operation, zoneOperation } from '../../operation.ts'
import { schemaBody } from '../../schema-body.ts'
import { keptNotice } from '../settings/setting.ts'
import { RECORD_RESULT, RECORDS_PATH } from './record.ts'

const NOTICES = [keptNotice('scanning for DNS records is')]
const RECORDS = z.array(z.looseObject({}))
const REVIEW = z.object({ accepts: RECORDS.nullish(), rejects: RECORDS.nullish() })
const SCAN = { permission: 'dns:edit', method: 'post' } as const

export const SCAN_OPERATIONS: readonly Operation[] = [
  zoneOperation({
    ...SCAN,
    path: `${RECORDS_PATH}/scan`,
    summary: 'Scan for DNS records, and add what is found',
    result: z.object({ recs_added: z.int(), total_records_parsed: z.int() }),
    handle: () => succeed({ recs_added: 0, total_records_parsed: 0 }, { messages: NOTICES }),
  }),
  zoneOperation({
    ...SCAN,
    path: `${RECORDS_PATH}/scan/trigger`,
    summary: 'Scan for DNS records, for review',
    result: z.null(),
    handle: () => succeed(null, { messages: NOTICES }),
  }),
  zoneOperation({
    method: 'get',
    permission: 'dns:read',
    path: `${RECORDS_PATH}/scan/review`,
    summary: 'List the DNS records that a scan found',
    result: z.array(RECORD_RESULT),
    handle: () => succeed([], { messages: NOTICES }),
  }),
  zoneOperation({
    ...SCAN,
    path: `${RECORDS_PATH}/scan/review`,
    summary: 'Accept or reject DNS records that a scan found',
    body: schemaBody(REVIEW),
    result: z.object({ accepts: z.array(RECORD_RESULT), rejects: z.array(z.string()) }),
    handle: ({ body: { accepts, rejects } }) => {
      const named = [...(accepts ?? []), ...(rejects ?? [])]
      if (named.length === 0) return succeed({ accepts: [], rejects: [] }, { messages: NOTICES })
      return refuse('dns-unknown-record', { message: 'no scan has found this record; there is nothing to review' })
    },
  }),
]
