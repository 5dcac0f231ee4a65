// One step on one record, and its answer.

import type { DnsRecord, DnsStep } from '../../../config/index.ts'
import { type Outcome, succeed } from '../../envelope.ts'
import type { ApiZone, Services } from '../../operation.ts'
import { refuseRecord, showRecord } from './record.ts'

export function runOne(
  { zone, services }: { readonly zone: ApiZone; readonly services: Services },
  step: DnsStep,
  show: (record: DnsRecord) => object = showRecord,
): Outcome {
  const done = services.administration.dns.run(zone.id, [step])
  if (!done.ok) return refuseRecord(done.problem.problem)
  const [record] = done.value
  return record === undefined ? refuseRecord({ kind: 'unknown-zone' }) : succeed(show(record))
}
