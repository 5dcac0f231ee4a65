// What a purge or an invalidation names.  CF cache/how-to/purge-cache; purge = delete, invalidate = mark stale.

import type { CacheKey } from '../cache/index.ts'

export type Selector =
  /** Everything in the zone. */
  | { readonly kind: 'everything' }
  /** Every response whose host is this one (lower case). */
  | { readonly kind: 'host'; readonly host: string }
  /** Every response that carries this tag (lower case). */
  | { readonly kind: 'tag'; readonly tag: string }
  /** Every response whose host and path begin with this, at a segment boundary: "host/a" takes "/a" and "/a/b". */
  | { readonly kind: 'prefix'; readonly prefix: string }
  /** Every response under one primary key: Cloudflare's purge by URL, with the headers that made the key. */
  | { readonly kind: 'key'; readonly key: CacheKey }
  /** Every response to this target URI, whatever its key: all Origins, all Vary versions.  "http://host/path?query" */
  | { readonly kind: 'uri'; readonly uri: string }

export type PurgeAction =
  /** What is named is gone. */
  | 'purge'
  /** What is named is stale. */
  | 'invalidate'
  /** What is named is stale, and its grants to other Origins count no more. */
  | 'cors-epoch'

/** One line of the journal. */
export type JournalEntry = {
  readonly revision: number
  readonly zone: string
  readonly action: PurgeAction
  readonly selectors: readonly Selector[]
  /** When it was accepted, epoch milliseconds: stale windows of an invalidation count from here. */
  readonly at: number
}

/** What the journal says of a stored response. */
export type Standing =
  /** No purge concerns it. */
  | { readonly kind: 'stands' }
  /** A later purge named it: it must not be used, and may be dropped. */
  | { readonly kind: 'purged' }
  /** A later invalidation named it: stale since `at`. */
  | { readonly kind: 'invalidated'; readonly at: number }
  /** A later CORS epoch named it: stale since `at`, and what it grants must be said anew by the origin server. */
  | { readonly kind: 'grants-void'; readonly at: number }
