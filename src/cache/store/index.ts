// The door of `cache/store`: where stored responses wait.

export { contentBlob, contentStream, sliceContent } from './content.ts'
export type { CacheStore, Content, Entry, Fill, StoreStats, Variant } from './contract.ts'
export { MAX_MEMORY_BODY_BYTES, MAX_VARIANTS_PER_KEY } from './limits.ts'
export { type MemoryStoreParts, makeMemoryStore } from './memory-store.ts'
export type { SharedDirectory } from './shared-directory.ts'
export { makeTieredStore, type TieredCacheStore, type TieredStoreParts } from './tiered.ts'
