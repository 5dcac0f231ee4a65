// The door of `cache`: the judgements of RFC 9111 and of Cloudflare's cache, pure; and the store's contract.

// The key

export { deviceType } from './device-type.ts'
export { type KeyMaker, makeKeyMaker } from './key.ts'
export { keyParts } from './key-parts.ts'
export { collectOverrides, type KeyRequest, type Overrides } from './key-request.ts'

// Eligibility

export {
  type DecideEligible,
  INELIGIBLE_REASONS,
  makeEligibility,
} from './eligibility.ts'

// Selection

export {
  excessVariants,
  findVariant,
  matchesSelecting,
  originVaryFields,
  selectingFor,
} from './vary.ts'

// Storing and reusing

export { currentAge, initialAge } from './age.ts'
export { browserCacheControl } from './browser-ttl.ts'
export { withoutOriginControl } from './downstream.ts'
export { decideFreshened } from './freshen.ts'
export { decideReuse, freshUntil, mayServeOnError, type OriginFailure } from './reuse.ts'
export { type CacheOutcome, type CacheStatusReport, cacheStatusField, cacheStatusName, mayAddAge } from './status.ts'
export {
  decideStorable,
  NOT_STORED_REASONS,
  type PresentedRequest,
  type ReceivedResponse,
  type StorableDecision,
} from './storable.ts'
export { decideValidation, smartLastModified, validationFields } from './validation.ts'

// Tags and armor

export { CDN_INTERNAL_FIELDS } from './tags.ts'

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

export type { CacheStore, Content, Fill, Variant } from './store/contract.ts'
export type { CacheKey, Location, Selecting, StoredBody, StoredResponse } from './stored-response.ts'
