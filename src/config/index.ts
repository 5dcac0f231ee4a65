// The door of `config`: what the operator asked for, checked, and the snapshot that the data plane sees.

export type {
  CacheRule,
  CorsVariants,
  EdgeConfig,
  Listen,
  OriginEntry,
  ResolvedConfig,
  TlsMaterial,
  ZoneConfig,
  ZoneSettings,
} from './resolved.ts'
export type { OriginTarget, Route, Snapshot, ZoneSnapshot } from './snapshot.ts'
