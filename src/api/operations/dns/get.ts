// GET /zones/{zone_id}/dns_records/{dns_record_id}: a record.

import { succeed } from '../../envelope.ts'
import { zoneOperation } from '../../operation.ts'
import { RECORD_PATH, RECORD_RESULT, refuseRecord, showRecord } from './record.ts'

export const getRecord = zoneOperation({
  method: 'get',
  path: RECORD_PATH,
  summary: 'Read a DNS record',
  permission: 'dns:read',
  result: RECORD_RESULT,
  handle: ({ zone, params, services }) => {
    const id = params.dns_record_id ?? ''
    const record = services.administration.dns.find(zone.id, id)
    return record === undefined ? refuseRecord({ kind: 'unknown-record', id }) : succeed(showRecord(record))
  },
})
