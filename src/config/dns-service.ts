// The service of DNS records; a proxied one is served from the next request on.
//
// A batch is one change: all of it or nothing, in Cloudflare's order: deletes, patches, puts, posts.

import { fail, ok, type Result } from '../base/index.ts'
import { parseBind } from './bind.ts'
import type { DnsProblem, DnsService, DnsStep, StepProblem } from './dns-contract.ts'
import { readRecordFields } from './dns-fields.ts'
import { type DnsRecord, identityOf } from './dns-record.ts'
import { runSteps } from './dns-steps.ts'
import type { Publisher } from './publish.ts'
import { dnsRecordPath, readDnsRecords } from './zone-documents.ts'

export function makeDnsService(publisher: Publisher): DnsService {
  const { clock, documents } = publisher

  function run(zoneId: string, steps: readonly DnsStep[]): Result<readonly DnsRecord[], StepProblem> {
    const zone = publisher.findZone(zoneId)
    if (zone === undefined) return fail({ step: 0, problem: { kind: 'unknown-zone' } })
    const { name } = zone.record
    const recorded = publisher.record((draft) => runSteps(draft, { id: zoneId, name }, { steps, now: clock.now() }))
    if (recorded.ok) return recorded
    return fail('step' in recorded.problem ? recorded.problem : { step: 0, problem: recorded.problem })
  }

  return {
    list: (zoneId) => readDnsRecords(documents, zoneId),
    find: (zoneId, id) => documents.read(dnsRecordPath(zoneId, id)) as DnsRecord | undefined,
    run,
    importFile: (zoneId, text, proxied) => {
      const zone = publisher.findZone(zoneId)
      if (zone === undefined) return fail({ kind: 'unknown-zone' })
      const read = readZoneFile(text, zone.record.name, { proxied, known: readDnsRecords(documents, zoneId) })
      if (!read.ok) return read
      const { steps, parsed } = read.value
      const result = run(zoneId, steps)
      return result.ok ? ok({ added: steps.length, parsed }) : fail(result.problem.problem)
    },
  }
}

type Import = { readonly proxied: boolean; readonly known: readonly DnsRecord[] }
type ReadFile = { readonly steps: readonly DnsStep[]; readonly parsed: number }

/** The records of a zone file that are not known yet, each to be added. */
function readZoneFile(text: string, zoneName: string, { proxied, known }: Import): Result<ReadFile, DnsProblem> {
  const parsed = parseBind(text, zoneName, proxied)
  if (!parsed.ok) return fail({ kind: 'bad-zone-file', message: parsed.problem })
  const identities = new Set(known.map(identityOf))
  const steps: DnsStep[] = []
  for (const { line, json } of parsed.value) {
    const fields = readRecordFields(json, zoneName)
    if (!fields.ok) return fail({ kind: 'bad-zone-file', message: `line ${line}: ${fields.problem.message}` })
    const identity = identityOf(fields.value)
    if (!identities.has(identity)) steps.push({ kind: 'post', json })
    identities.add(identity)
  }
  return ok({ steps, parsed: parsed.value.length })
}
