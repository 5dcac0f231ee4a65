// GET /zones/{zone_id}/dns_records/export: the records as a zone file in BIND's form.

import { z } from '@hono/zod-openapi'
import { printBind } from '../../../config/index.ts'
import { succeed } from '../../envelope.ts'
import { zoneOperation } from '../../operation.ts'
import { RECORDS_PATH } from './record.ts'

export const exportRecords = zoneOperation({
  method: 'get',
  path: `${RECORDS_PATH}/export`,
  summary: 'Export DNS records as a zone file; the answer is plain text',
  permission: 'dns:read',
  produces: 'text/plain',
  result: z.string(),
  handle: ({ zone, services }) => {
    const text = printBind(zone.name, services.administration.dns.list(zone.id))
    return succeed(text, { text })
  },
})
