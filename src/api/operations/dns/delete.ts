// DELETE /zones/{zone_id}/dns_records/{dns_record_id}: the record goes; a host that it served gets 421 from now on.

import { z } from '@hono/zod-openapi'
import { zoneOperation } from '../../operation.ts'
import { RECORD_PATH } from './record.ts'
import { runOne } from './run-one.ts'

export const deleteRecord = zoneOperation({
  method: 'delete',
  path: RECORD_PATH,
  summary: 'Delete a DNS record',
  permission: 'dns:edit',
  result: z.object({ id: z.string() }),
  handle: (call) => runOne(call, { kind: 'delete', id: call.params.dns_record_id ?? '' }, ({ id }) => ({ id })),
})
