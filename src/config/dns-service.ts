// DNS records of zones as the API reads and changes them; a proxied one is served from the next request on.
//
// A batch is one change: all of it or nothing, in Cloudflare's order: deletes, patches, puts, posts.

import { fail, ok, type Result } from '../base/index.ts'
import { parseBind } from './bind.ts'
import { type FieldProblem, readRecordFields } from './dns-fields.ts'
import { type DnsRecord, identityOf, type RecordFields } from './dns-record.ts'
import type { DocumentsDraft } from './documents.ts'
import { quote } from './problems.ts'
import type { Publisher } from './publish.ts'
import type { NotRecorded } from './record-change.ts'
import { dnsRecordPath, dnsRecordsPrefix, readDnsRecords } from './zone-documents.ts'

type Json = Readonly<Record<string, unknown>>

export type DnsProblem =
  | { readonly kind: 'unknown-zone' }
  | { readonly kind: 'unknown-record'; readonly id: string }
  | FieldProblem
  /** The very same record is there. */
  | { readonly kind: 'identical'; readonly message: string }
  /** Another record of the name excludes it. */
  | { readonly kind: 'host-taken'; readonly message: string }
  /** A zone file that cannot be read: the line and why. */
  | { readonly kind: 'bad-zone-file'; readonly message: string }
  | NotRecorded

/** One step of a batch. */
export type DnsStep =
  | { readonly kind: 'delete'; readonly id: string }
  /** Members that are given replace those that are there. */
  | { readonly kind: 'patch'; readonly id: string; readonly json: Json }
  /** The record as a whole. */
  | { readonly kind: 'put'; readonly id: string; readonly json: Json }
  | { readonly kind: 'post'; readonly json: Json }

/** What failed, and at which step of a batch. */
export type StepProblem = { readonly step: number; readonly problem: DnsProblem }

export interface DnsService {
  list(zoneId: string): readonly DnsRecord[]
  find(zoneId: string, id: string): DnsRecord | undefined
  /** Does the steps, all or none; the records as they are then, or as they were before a delete. */
  run(zoneId: string, steps: readonly DnsStep[]): Result<readonly DnsRecord[], StepProblem>
  /** Adds the records of a zone file in BIND's form that are not there yet. */
  importFile(
    zoneId: string,
    text: string,
    proxied: boolean,
  ): Result<{ readonly added: number; readonly parsed: number }, DnsProblem>
}

/** Names at which NS records are delegations, which nothing else may stand beside. */
const EXCLUSIVE_KIND = 'NS'

export function makeDnsService(publisher: Publisher): DnsService {
  const { clock, documents } = publisher

  function runSteps(
    draft: DocumentsDraft,
    zone: { readonly id: string; readonly name: string },
    steps: readonly DnsStep[],
  ): Result<readonly DnsRecord[], StepProblem> {
    const done: DnsRecord[] = []
    for (const [step, each] of steps.entries()) {
      const result = runStep(draft, zone, each, clock.now())
      if (!result.ok) return fail({ step, problem: result.problem })
      done.push(result.value)
    }
    return ok(done)
  }

  function run(zoneId: string, steps: readonly DnsStep[]): Result<readonly DnsRecord[], StepProblem> {
    const zone = publisher.findZone(zoneId)
    if (zone === undefined) return fail({ step: 0, problem: { kind: 'unknown-zone' } })
    const recorded = publisher.record((draft) => runSteps(draft, { id: zoneId, name: zone.record.name }, steps))
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
      const parsed = parseBind(text, zone.record.name, proxied)
      if (!parsed.ok) return fail({ kind: 'bad-zone-file', message: parsed.problem })
      const known = new Set(readDnsRecords(documents, zoneId).map(identityOf))
      const steps: DnsStep[] = []
      for (const json of parsed.value) {
        const fields = readRecordFields(json, zone.record.name)
        if (!fields.ok) return fail({ kind: 'bad-zone-file', message: fields.problem.message })
        const identity = identityOf(fields.value)
        if (!known.has(identity)) steps.push({ kind: 'post', json })
        known.add(identity)
      }
      const result = run(zoneId, steps)
      return result.ok ? ok({ added: steps.length, parsed: parsed.value.length }) : fail(result.problem.problem)
    },
  }
}

type Zone = { readonly id: string; readonly name: string }

function runStep(draft: DocumentsDraft, zone: Zone, step: DnsStep, now: number): Result<DnsRecord, DnsProblem> {
  if (step.kind === 'post') return write(draft, zone, step.json, undefined, now)
  const before = draft.read(dnsRecordPath(zone.id, step.id)) as DnsRecord | undefined
  if (before === undefined) return fail({ kind: 'unknown-record', id: step.id })
  if (step.kind === 'delete') {
    draft.remove(dnsRecordPath(zone.id, step.id))
    return ok(before)
  }
  return write(draft, zone, step.kind === 'patch' ? patched(before, step.json) : step.json, before, now)
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

function write(
  draft: DocumentsDraft,
  zone: Zone,
  json: Json,
  before: DnsRecord | undefined,
  now: number,
): Result<DnsRecord, DnsProblem> {
  const fields = readRecordFields(json, zone.name)
  if (!fields.ok) return fields
  const id = before?.id ?? crypto.randomUUID().replaceAll('-', '')
  const others = draft.list(dnsRecordsPrefix(zone.id)).map(([, value]) => value as DnsRecord)
  const conflict = findConflict(
    fields.value,
    others.filter((other) => other.id !== id && other.name === fields.value.name),
    zone.name,
  )
  if (conflict !== undefined) return fail(conflict)
  const record = complete(fields.value, id, before, now)
  draft.write(dnsRecordPath(zone.id, id), record)
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

/** Why the record cannot stand beside those that have its name, or undefined.  RFC 1034 §3.6.2. */
function findConflict(fields: RecordFields, sameName: readonly DnsRecord[], zoneName: string): DnsProblem | undefined {
  const identity = identityOf(fields)
  if (sameName.some((other) => identityOf(other) === identity)) {
    return { kind: 'identical', message: 'An identical record already exists.' }
  }
  const isAddress = (type: string) => type === 'A' || type === 'AAAA'
  const alias = sameName.some(({ type }) => type === 'CNAME')
  if (fields.type === 'CNAME' && sameName.some(({ type }) => isAddress(type) || type === 'CNAME')) {
    return { kind: 'host-taken', message: 'An A, AAAA, or CNAME record with that host already exists.' }
  }
  if (isAddress(fields.type) && alias) {
    return { kind: 'host-taken', message: 'A CNAME record with that host already exists.' }
  }
  if (fields.name === zoneName) return undefined
  const mixed = sameName.find(({ type }) => (type === EXCLUSIVE_KIND) !== (fields.type === EXCLUSIVE_KIND))
  if (mixed === undefined) return undefined
  return {
    kind: 'host-taken',
    message: `${quote(fields.name)} has a record of type ${mixed.type}; NS records stand alone, so remove one of them`,
  }
}
