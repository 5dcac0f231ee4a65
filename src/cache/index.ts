// The door of `cache`: the judgements of RFC 9111 and of Cloudflare's cache, pure; and the store's contract.

// The key

export { type DeviceType, deviceType } from './device-type.ts'
export { type KeyMaker, makeKeyMaker } from './key.ts'
export { collectOverrides, type KeyRequest, OVERRIDE_FIELDS, type Overrides } from './key-request.ts'

// Eligibility

export {
  DEFAULT_EXTENSIONS,
  type DecideEligible,
  decideEligibility,
  type EligibilityDecision,
  INELIGIBLE_REASONS,
  type IneligibleReason,
  makeEligibility,
} from './eligibility.ts'

// Selection

export { encodingClass, mayUseEncoding } from './content-encoding.ts'
export {
  decideVary,
  excessVariants,
  findVariant,
  matchesSelecting,
  nominatedFields,
  originVaryFields,
  selectingFor,
  type VaryDecision,
} from './vary.ts'

// Tags and armor

export { agreesWithExtension } from './deception-armor.ts'
export { CDN_INTERNAL_FIELDS, cacheTags } from './tags.ts'

// Settings

export { DEFAULT_CACHE_SETTINGS } from './default-settings.ts'
export type {
  BrowserTtl,
  CacheLevel,
  CacheSettings,
  CustomKey,
  EdgeTtl,
  Eligibility,
  KeySettings,
  NameSelection,
  StatusTtl,
  VaryAction,
  VaryRule,
  VarySettings,
} from './settings.ts'

// What a store holds

export type { CacheStore, Content, Entry, Fill, StoreStats, Variant } from './store/contract.ts'
export type { CacheKey, Freshness, Location, Selecting, StoredBody, StoredResponse } from './stored-response.ts'
