// What the documents of a zone look like, and under which paths they are.  Instants are in milliseconds.
//
//   zones/<zone>                     ZoneRecord
//   zones/<zone>/settings/<setting>  KeptValue: a setting, or one of the dedicated switches
//   zones/<zone>/origins             KeptValue: host patterns and base URLs, as `origins` of varyant.json has them
//   zones/<zone>/dns_records/<id>    DnsRecord
//   zones/<zone>/rulesets/<phase>    RulesetDocument, with its earlier versions under ruleset_versions/
//
// Those of Workers and Snippets are in script-documents.ts.

import { isPhase, type Phase, type RuleDocument, type RulesetDocument } from '../rulesets/index.ts'
import type { DnsRecord } from './dns-record.ts'
import type { Documents, DocumentsDraft } from './documents.ts'

/** Who made it.  What the file made is there as long as the file says so; what the API made, until the API removes it. */
export type Maker = 'file' | 'api'

export const ZONE_TYPES = ['full', 'partial', 'secondary', 'internal'] as const
export type ZoneType = (typeof ZONE_TYPES)[number]

export type ZoneRecord = {
  readonly name: string
  readonly type: ZoneType
  /** Whether the zone passes everything through, cache and rules aside. */
  readonly paused: boolean
  readonly vanity_name_servers: readonly string[]
  readonly made_by: Maker
  readonly created_on: number
  readonly modified_on: number
}

/** A value with who set it and when. */
export type KeptValue = {
  readonly value: unknown
  readonly modified_on: number
  /** Absent: the API. */
  readonly set_by?: Maker
}

export type OriginUrls = Readonly<Record<string, string>>

/** A zone with all its documents. */
export type ZoneDocuments = {
  readonly id: string
  readonly record: ZoneRecord
  readonly settings: ReadonlyMap<string, KeptValue>
  readonly origins: OriginUrls
  readonly dnsRecords: readonly DnsRecord[]
  /** The rules of each phase. */
  readonly rulesets: ReadonlyMap<Phase, readonly RuleDocument[]>
}

export const zonePath = (zone: string): string => `zones/${zone}`
export const settingPath = (zone: string, id: string): string => `zones/${zone}/settings/${id}`
export const originsPath = (zone: string): string => `zones/${zone}/origins`
export const dnsRecordPath = (zone: string, id: string): string => `zones/${zone}/dns_records/${id}`
/** Earlier versions are for those who ask for them. */
export const versionsPrefix = (zone: string): string => `zones/${zone}/ruleset_versions/`
export const dnsRecordsPrefix = (zone: string): string => `zones/${zone}/dns_records/`

type Reader = Pick<Documents | DocumentsDraft, 'read' | 'list' | 'paths'>

export function readZone(documents: Reader, zone: string): ZoneRecord | undefined {
  return documents.read(zonePath(zone)) as ZoneRecord | undefined
}

export function readSetting(documents: Reader, zone: string, id: string): KeptValue | undefined {
  return documents.read(settingPath(zone, id)) as KeptValue | undefined
}

export function readOrigins(documents: Reader, zone: string): OriginUrls {
  return ((documents.read(originsPath(zone)) as KeptValue | undefined)?.value ?? {}) as OriginUrls
}

export function readDnsRecords(documents: Reader, zone: string): readonly DnsRecord[] {
  return documents.list(dnsRecordsPrefix(zone)).map(([, value]) => value as DnsRecord)
}

const PREFIX = 'zones/'
const ID_LENGTH = 32

/** The id of the zone that a document belongs to, or undefined. */
export function zoneOfPath(path: string): string | undefined {
  return path.startsWith(PREFIX) ? idIn(path) : undefined
}

/** A zone with its documents, or undefined when there is none. */
export function readZoneDocuments(documents: Reader, id: string): ZoneDocuments | undefined {
  const paths = documents.paths(zonePath(id)).filter((path) => !path.startsWith(versionsPrefix(id)))
  return gather(
    id,
    paths.map((path) => [path, documents.read(path)]),
  )
}

/** The zones with their documents, by id; what belongs to no zone is left out. */
export function readZones(documents: Reader): readonly ZoneDocuments[] {
  const ids = new Set(documents.paths(PREFIX).map(idIn))
  return [...ids].flatMap((id) => readZoneDocuments(documents, id) ?? [])
}

function idIn(path: string): string {
  return path.slice(PREFIX.length, PREFIX.length + ID_LENGTH)
}

function gather(id: string, entries: readonly (readonly [path: string, value: unknown])[]): ZoneDocuments | undefined {
  let record: ZoneRecord | undefined
  let origins: OriginUrls = {}
  const settings = new Map<string, KeptValue>()
  const dnsRecords: DnsRecord[] = []
  const rulesets = new Map<Phase, readonly RuleDocument[]>()
  for (const [path, value] of entries) {
    const [, , kind, name = ''] = path.split('/')
    if (kind === undefined) record = value as ZoneRecord
    else if (kind === 'settings') settings.set(name, value as KeptValue)
    else if (kind === 'origins') origins = (value as KeptValue).value as OriginUrls
    else if (kind === 'dns_records') dnsRecords.push(value as DnsRecord)
    else if (kind === 'rulesets' && isPhase(name)) rulesets.set(name, (value as RulesetDocument).rules)
  }
  return record && { id, record, settings, origins, dnsRecords, rulesets }
}
