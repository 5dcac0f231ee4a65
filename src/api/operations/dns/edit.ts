// PATCH /zones/{zone_id}/dns_records/{dns_record_id}: what is given replaces what is there.

import { zoneOperation } from '../../operation.ts'
import { RECORD_BODY, RECORD_PATH, RECORD_RESULT } from './record.ts'
import { runOne } from './run-one.ts'

export const editRecord = zoneOperation({
  method: 'patch',
  path: RECORD_PATH,
  summary: 'Change members of a DNS record',
  permission: 'dns:edit',
  body: RECORD_BODY,
  result: RECORD_RESULT,
  handle: (call) => runOne(call, { kind: 'patch', id: call.params.dns_record_id ?? '', json: call.body }),
})
