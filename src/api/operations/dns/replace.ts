// PUT /zones/{zone_id}/dns_records/{dns_record_id}: the record as a whole.

import { zoneOperation } from '../../operation.ts'
import { RECORD_BODY, RECORD_PATH, RECORD_RESULT } from './record.ts'
import { runOne } from './run-one.ts'

export const replaceRecord = zoneOperation({
  method: 'put',
  path: RECORD_PATH,
  summary: 'Replace a DNS record',
  permission: 'dns:edit',
  body: RECORD_BODY,
  result: RECORD_RESULT,
  handle: (call) => runOne(call, { kind: 'put', id: call.params.dns_record_id ?? '', json: call.body }),
})
