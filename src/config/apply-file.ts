// Applies varyant.json to the documents, at each start.
//
// What the file names is set to what it says.  What the file had set and no longer names is unset; what the API had set and
// the file does not name is left alone.  Applying the same file twice is applying it once, but for `development_mode: on`,
// which means: from each start, for its three hours.

import type { EpochMillis } from '../base/index.ts'
import { applyRulesets } from './apply-rulesets.ts'
import { DEVELOPMENT_MODE } from './development-mode.ts'
import { type DnsRecord, identityOf, type RecordFields } from './dns-record.ts'
import type { DocumentsDraft } from './documents.ts'
import type { WrittenZone, ZoneConfig } from './resolved.ts'
import {
  dnsRecordPath,
  type KeptValue,
  originsPath,
  readDnsRecords,
  readSetting,
  readZone,
  settingPath,
  type ZoneRecord,
  zonePath,
} from './zone-documents.ts'
import { recordId, zoneId } from './zone-id.ts'

/** Writes into the draft what the zones of the file amount to. */
export function applyFile(draft: DocumentsDraft, zones: readonly ZoneConfig[], now: EpochMillis): void {
  for (const zone of zones) applyZone(draft, zone, now)
}

function applyZone(draft: DocumentsDraft, { name, written }: ZoneConfig, now: EpochMillis): void {
  const id = zoneId(name)
  if (readZone(draft, id) === undefined) draft.write(zonePath(id), newZone(name, 'file', now))
  applyValue(draft, originsPath(id), written.origins, now)
  const settings: Readonly<Record<string, unknown>> = { ...written.settings, ...dedicatedOf(written) }
  for (const [setting, value] of Object.entries(settings)) {
    if (setting === DEVELOPMENT_MODE) applyDevelopmentMode(draft, id, value, now)
    else applyValue(draft, settingPath(id, setting), value, now)
  }
  applyRecords(draft, id, written.dnsRecords ?? [], now)
  applyRulesets(draft, id, written.rulesets ?? new Map(), now)
  const prefix = settingPath(id, '')
  for (const [path] of draft.list(prefix)) {
    if (!Object.hasOwn(settings, path.slice(prefix.length))) applyValue(draft, path, undefined, now)
  }
}

/** Values with endpoints of their own, kept beside the settings. */
function dedicatedOf({ urlNormalization, managedTransforms }: WrittenZone): Readonly<Record<string, unknown>> {
  return {
    ...(urlNormalization !== undefined && { url_normalization: urlNormalization }),
    ...(managedTransforms !== undefined && {
      managed_request_headers: managedTransforms.request,
      managed_response_headers: managedTransforms.response,
    }),
  }
}

/** Sets a value, or unsets one that an earlier file had set. */
function applyValue(draft: DocumentsDraft, path: string, value: unknown, now: EpochMillis): void {
  const kept = draft.read(path) as KeptValue | undefined
  if (value === undefined) {
    if (kept?.set_by === 'file') draft.remove(path)
    return
  }
  if (kept?.set_by === 'file' && JSON.stringify(kept.value) === JSON.stringify(value)) return
  draft.write(path, { value, modified_on: now, set_by: 'file' } satisfies KeptValue)
}

function applyDevelopmentMode(draft: DocumentsDraft, zone: string, value: unknown, now: EpochMillis): void {
  const before = readSetting(draft, zone, DEVELOPMENT_MODE)?.value ?? 'off'
  if (value === 'off' && before === 'off') return
  draft.write(settingPath(zone, DEVELOPMENT_MODE), { value, modified_on: now } satisfies KeptValue)
}

/** A record that is there already stays whose it is; the file's own have ids that follow from what they are. */
function applyRecords(draft: DocumentsDraft, zone: string, named: readonly RecordFields[], now: EpochMillis): void {
  const wanted = new Map(named.map((fields) => [identityOf(fields), fields]))
  for (const record of readDnsRecords(draft, zone)) {
    const fields = wanted.get(identityOf(record))
    const { id: _, created_on: __, modified_on: ___, set_by: maker, ...before } = record
    if (maker === 'file' && JSON.stringify(before) !== JSON.stringify(fields)) {
      draft.remove(dnsRecordPath(zone, record.id))
    } else wanted.delete(identityOf(record))
  }
  for (const [identity, fields] of wanted) {
    const id = recordId(zone, identity)
    const record: DnsRecord = { ...fields, id, created_on: now, modified_on: now, set_by: 'file' }
    draft.write(dnsRecordPath(zone, id), record)
  }
}

/** A zone as it is when nobody has changed it. */
export function newZone(name: string, madeBy: ZoneRecord['made_by'], now: EpochMillis): ZoneRecord {
  return {
    name,
    type: 'full',
    paused: false,
    vanity_name_servers: [],
    made_by: madeBy,
    created_on: now,
    modified_on: now,
  }
}
