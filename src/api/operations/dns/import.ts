// POST /zones/{zone_id}/dns_records/import: adds the records of a zone file; those that are there already stay.

import { z } from '@hono/zod-openapi'
import { bytes, ok } from '../../../base/index.ts'
import type { Form } from '../../body.ts'
import { refuse, succeed } from '../../envelope.ts'
import { type ApiZone, type BodyRule, type Received, zoneOperation } from '../../operation.ts'
import { RECORDS_PATH, refuseRecord } from './record.ts'

type Upload = { readonly file: string; readonly proxied: boolean }

const BODY: BodyRule<Upload, Received & { readonly zone: ApiZone }> = {
  schema: z.object({ file: z.string(), proxied: z.enum(['true', 'false']).optional() }),
  reads: 'form',
  limit: bytes(4 * 1024 * 1024),
  parse: (json) => {
    // `reads` says so.
    const form = json as Form
    const part = (wanted: string): string | undefined => {
      const found = form.find(({ name }) => name === wanted)
      return found && new TextDecoder().decode(found.content)
    }
    const file = part('file')
    if (file !== undefined) return ok({ file, proxied: part('proxied') === 'true' })
    return refuse('invalid-body', { message: 'file is missing; send the zone file in it', pointer: '/file' })
  },
}

export const importRecords = zoneOperation({
  method: 'post',
  path: `${RECORDS_PATH}/import`,
  summary: 'Import DNS records from a zone file',
  permission: 'dns:edit',
  body: BODY,
  result: z.object({ recs_added: z.int(), total_records_parsed: z.int() }),
  handle: ({ zone, services, body: { file, proxied } }) => {
    const imported = services.administration.dns.importFile(zone.id, file, proxied)
    if (!imported.ok) return refuseRecord(imported.problem)
    return succeed({ recs_added: imported.value.added, total_records_parsed: imported.value.parsed })
  },
})
