// The steps of a batch over the DNS records of one zone, one upon the other, in the order in which they are given.
//
// A step looks at the records of its name and at no others, so that a batch costs what it changes.

import { fail, ok, type Result } from '../base/index.ts'
import { findConflict } from './dns-conflict.ts'
import type { DnsProblem, DnsStep, StepProblem } from './dns-contract.ts'
import { readRecordFields } from './dns-fields.ts'
import type { DnsRecord, RecordFields } from './dns-record.ts'
import type { DocumentsDraft } from './documents.ts'
import { dnsRecordPath, readDnsRecords } from './zone-documents.ts'

type Json = Readonly<Record<string, unknown>>

type Zone = { readonly id: string; readonly name: string }

/** Does the steps in the draft; the records as they are then, or as they were before a delete; or the first that failed. */
export function runSteps(
  draft: DocumentsDraft,
  zone: Zone,
  { steps, now }: { readonly steps: readonly DnsStep[]; readonly now: number },
): Result<readonly DnsRecord[], StepProblem> {
  const records = makeZoneRecords(draft, zone.id)
  const done: DnsRecord[] = []
  for (const [step, each] of steps.entries()) {
    const result = runStep(records, zone.name, each, now)
    if (!result.ok) return fail({ step, problem: result.problem })
    done.push(result.value)
  }
  return ok(done)
}

/** The records of a zone while they change: by id, and by name. */
type ZoneRecords = {
  find(id: string): DnsRecord | undefined
  named(name: string): readonly DnsRecord[]
  put(record: DnsRecord): void
  remove(record: DnsRecord): void
}

function makeZoneRecords(draft: DocumentsDraft, zoneId: string): ZoneRecords {
  const all = readDnsRecords(draft, zoneId)
  const byId = new Map(all.map((record) => [record.id, record]))
  const byName = Map.groupBy(all, ({ name }) => name)
  const named = (name: string): readonly DnsRecord[] => byName.get(name) ?? []
  const forget = ({ id, name }: DnsRecord): void => {
    byId.delete(id)
    byName.set(
      name,
      named(name).filter((other) => other.id !== id),
    )
  }
  return {
    find: (id) => byId.get(id),
    named,
    put: (record) => {
      const before = byId.get(record.id)
      if (before !== undefined) forget(before)
      byId.set(record.id, record)
      byName.set(record.name, [...named(record.name), record])
      draft.write(dnsRecordPath(zoneId, record.id), record)
    },
    remove: (record) => {
      forget(record)
      draft.remove(dnsRecordPath(zoneId, record.id))
    },
  }
}

function runStep(records: ZoneRecords, zoneName: string, step: DnsStep, now: number): Result<DnsRecord, DnsProblem> {
  if (step.kind === 'post') return write(records, zoneName, { json: step.json, before: undefined, now })
  const before = records.find(step.id)
  if (before === undefined) return fail({ kind: 'unknown-record', id: step.id })
  if (step.kind === 'delete') {
    records.remove(before)
    return ok(before)
  }
  const json = step.kind === 'patch' ? patched(before, step.json) : step.json
  return write(records, zoneName, { json, before, now })
}

const EMPTIABLE: readonly string[] = ['comment', 'tags', 'settings', 'priority', 'private_routing']

/** Content and data say the same: a new one of them replaces both.  null empties what can be empty, and else says nothing. */
function patched(before: DnsRecord, changes: Json): Json {
  const { data, content, ...rest } = before
  const json = Object.fromEntries(
    Object.entries(changes).filter(([name, value]) => value !== null || EMPTIABLE.includes(name)),
  )
  const given = 'content' in json || 'data' in json
  return { ...rest, ...(given ? {} : { content, ...(data !== undefined && { data }) }), ...json }
}

type Writing = { readonly json: Json; readonly before: DnsRecord | undefined; readonly now: number }

function write(records: ZoneRecords, zoneName: string, { json, before, now }: Writing): Result<DnsRecord, DnsProblem> {
  const fields = readRecordFields(json, zoneName)
  if (!fields.ok) return fields
  const id = before?.id ?? crypto.randomUUID().replaceAll('-', '')
  const others = records.named(fields.value.name).filter((other) => other.id !== id)
  const conflict = findConflict(fields.value, others, zoneName)
  if (conflict !== undefined) return fail(conflict)
  const record = complete(fields.value, id, before, now)
  records.put(record)
  return ok(record)
}

function complete(fields: RecordFields, id: string, before: DnsRecord | undefined, now: number): DnsRecord {
  const commentOn = fields.comment === (before?.comment ?? null) ? before?.comment_modified_on : now
  const tagsOn = String(fields.tags) === String(before?.tags ?? []) ? before?.tags_modified_on : now
  return {
    ...fields,
    id,
    created_on: before?.created_on ?? now,
    modified_on: now,
    ...(commentOn !== undefined && { comment_modified_on: commentOn }),
    ...(tagsOn !== undefined && { tags_modified_on: tagsOn }),
  }
}
