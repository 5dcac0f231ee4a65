// The documents as the `zones` of a varyant.json that re-creates them.
//
// What such a file cannot say is left out and named, a sentence each.

import { type DnsRecord, identityOf } from './dns-record.ts'
import type { Documents } from './documents.ts'
import { type ExportedFile, exportScripts } from './export-scripts.ts'
import { SETTING_RULES } from './setting-rules.ts'
import { readZones, type ZoneDocuments } from './zone-documents.ts'

export type ExportedConfig = {
  readonly json: { readonly zones: readonly object[] }
  /** The files that it names. */
  readonly files: readonly ExportedFile[]
  readonly leftOut: readonly string[]
}

/** All zones, those that an earlier file had made and the present one does not name included. */
export function exportConfig(documents: Documents): ExportedConfig {
  const zones = readZones(documents).toSorted((a, b) => a.record.created_on - b.record.created_on)
  const scripts = exportScripts(
    documents,
    zones.map(({ id, record }) => ({ id, name: record.name })),
  )
  const json = zones.map((zone) => ({
    ...exportZone(zone, rulesetsOf(documents, zone.id)),
    ...scripts.zones.get(zone.id),
  }))
  return {
    json: { zones: json },
    files: scripts.files,
    leftOut: [
      ...zones.flatMap((zone) => leftOutOf(documents, zone)),
      ...leftOutIn(documents, '', BESIDE_ZONES),
      ...scripts.leftOut,
    ],
  }
}

function exportZone({ record, origins, settings, dnsRecords }: ZoneDocuments, rulesets: object): object {
  const served = [...settings].filter(([id]) => SETTING_RULES.get(id)?.effect === 'served')
  return {
    name: record.name,
    origins,
    ...(dnsRecords.length > 0 && { dns_records: dnsRecords.toSorted(byIdentity).map(exportRecord) }),
    ...(served.length > 0 && { settings: Object.fromEntries(served.map(([id, { value }]) => [id, value])) }),
    ...(Object.keys(rulesets).length > 0 && { rulesets }),
    ...dedicatedOf(settings),
  }
}

/** URL normalisation and managed transforms, where somebody set them. */
function dedicatedOf(settings: ZoneDocuments['settings']): object {
  const normalization = settings.get('url_normalization')
  const lists = ['managed_request_headers', 'managed_response_headers'].flatMap((list) => {
    const ids = settings.get(list)?.value as readonly string[] | undefined
    return ids === undefined ? [] : [[list, ids.map((id) => ({ id, enabled: true }))] as const]
  })
  return {
    ...(normalization !== undefined && { url_normalization: normalization.value }),
    ...(lists.length > 0 && { managed_headers: Object.fromEntries(lists) }),
  }
}

function byIdentity(a: DnsRecord, b: DnsRecord): number {
  return identityOf(a) < identityOf(b) ? -1 : 1
}

function exportRecord(record: DnsRecord): object {
  const { id: _, created_on: __, modified_on: ___, set_by: ____, ...rest } = record
  const { comment_modified_on: _____, tags_modified_on: ______, ...fields } = rest
  return fields
}

const EXPORTED = ['url_normalization', 'managed_request_headers', 'managed_response_headers']

/** The rules of each phase. */
function rulesetsOf(documents: Pick<Documents, 'list'>, zone: string): object {
  const prefix = `zones/${zone}/rulesets/`
  const entries = documents.list(prefix).flatMap(([path, value]) => {
    const phase = path.slice(prefix.length)
    const hasRules = typeof value === 'object' && value !== null && 'rules' in value && Array.isArray(value.rules)
    return phase.includes('/') || !hasRules ? [] : [[phase, value.rules] as const]
  })
  return Object.fromEntries(entries)
}

/** What a file has no words for, by where it is kept. */
const IN_ZONES: Readonly<Record<string, string>> = {
  'page_rules/': 'page rules',
  'cloud_regions/': 'cloud regions of origins',
}
const BESIDE_ZONES: Readonly<Record<string, string>> = {
  'accounts/': 'rulesets of the account; make them anew by the API',
  'tokens/': 'tokens; make them anew by the API',
}

/** What of these there is, a sentence each; `home` is what their paths begin with. */
function leftOutIn(
  documents: Pick<Documents, 'paths'>,
  home: string,
  things: Readonly<Record<string, string>>,
): readonly string[] {
  const found = Object.entries(things).filter(([path]) => documents.paths(home + path).length > 0)
  return found.map(([, thing]) => `a file cannot have ${thing}`)
}

function leftOutOf(documents: Pick<Documents, 'paths'>, { id, record, settings }: ZoneDocuments): readonly string[] {
  const kept = [...settings.keys()].filter((id) => SETTING_RULES.get(id)?.effect !== 'served' && !EXPORTED.includes(id))
  return [
    ...(kept.length > 0 ? [`${record.name}: a file cannot have ${kept.join(', ')}`] : []),
    ...leftOutIn(documents, `zones/${id}/`, IN_ZONES).map((sentence) => `${record.name}: ${sentence}`),
    ...(record.paused ? [`${record.name}: a file cannot pause a zone; pause it by the API`] : []),
  ]
}
