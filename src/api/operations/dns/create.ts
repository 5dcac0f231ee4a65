// POST /zones/{zone_id}/dns_records: a new record; a proxied one is served from the next request on.

import { zoneOperation } from '../../operation.ts'
import { RECORD_BODY, RECORD_RESULT, RECORDS_PATH } from './record.ts'
import { runOne } from './run-one.ts'

export const createRecord = zoneOperation({
  method: 'post',
  path: RECORDS_PATH,
  summary: 'Create a DNS record',
  permission: 'dns:edit',
  body: RECORD_BODY,
  result: RECORD_RESULT,
  handle: (call) => runOne(call, { kind: 'post', json: call.body }),
})
