// The door of `config`: what the operator asked for, checked, and the snapshot that the data plane sees.  What holds before
// anything is read is also behind a smaller door, known.ts.

// From JSON and flags to a configuration

export { DEFAULT_API_LISTEN, DEFAULT_DATA_DIRECTORY, DEFAULT_EDGE_LISTEN } from './defaults.ts'
export { ConfigError, sentence } from './problems.ts'
export { type ConfigFlags, resolveConfig } from './resolve.ts'
export type {
  EdgeConfig,
  Listen,
  OriginEntry,
  ResolvedConfig,
  TlsMaterial,
  ZoneConfig,
  ZoneSettings,
} from './resolved.ts'
export { parseOriginUrl, urlOf } from './texts.ts'
export { ACCOUNT_ID, zoneId } from './zone-id.ts'
export { implicitZone } from './zones.ts'

// The snapshot

export { makeSnapshot } from './compile.ts'
export type { OriginTarget, Route, Snapshot, ZoneSnapshot } from './snapshot.ts'

// While it runs

export { scriptsToCheck } from './apply-scripts.ts'
export { toAsciiName } from './ascii-name.ts'
export { printBind } from './bind.ts'
export { openDataDirectory } from './data-directory.ts'
export type { DnsProblem, DnsStep } from './dns-contract.ts'
export { type DnsRecord, PROXIABLE } from './dns-record.ts'
export { type Documents, type DocumentsDraft, makeMemoryDocuments } from './documents.ts'
export { openDocuments } from './documents-file.ts'
export { exportConfig } from './export.ts'
export { recordChange } from './record-change.ts'
export { type DocumentChange, followDocuments, makeConfigReplica } from './replica.ts'
export { openSecrets } from './secret-key.ts'
export type { SettingChange, SettingProblem, SettingState, ZoneSettingsService } from './setting-contract.ts'
export {
  ENABLED_SETTING,
  MANAGED_REQUEST_HEADERS,
  MANAGED_RESPONSE_HEADERS,
} from './setting-rules.ts'
export { StartFailure } from './start-failure.ts'
export { type Administration, type ConfigStore, openConfigStore } from './store.ts'
export { ZONE_TYPES, type ZoneType } from './zone-documents.ts'
export type { ZoneChange, ZoneHead, ZoneProblem, ZoneView } from './zones-contract.ts'
