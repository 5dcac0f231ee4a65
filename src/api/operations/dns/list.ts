// GET /zones/{zone_id}/dns_records: the records, filtered, in order, by pages.

import { z } from '@hono/zod-openapi'
import { zoneOperation } from '../../operation.ts'
import { answerPage, readPage } from '../../pagination.ts'
import { RECORD_QUERY, selectRecords } from './filter.ts'
import { RECORD_RESULT, RECORDS_PATH, showRecord } from './record.ts'

const PAGE_LIMITS = { perPage: 100, maxPerPage: 5000 }

export const listRecords = zoneOperation({
  method: 'get',
  path: RECORDS_PATH,
  summary: 'List DNS records',
  permission: 'dns:read',
  query: [...RECORD_QUERY, 'page', 'per_page'],
  result: z.array(RECORD_RESULT),
  handle: ({ zone, query, services }) => {
    const page = readPage(query, PAGE_LIMITS)
    if (!page.ok) return page
    const records = selectRecords(services.administration.dns.list(zone.id), query)
    return records.ok ? answerPage(records.value, page.value, showRecord) : records
  },
})
