// A stored response: the small immutable record of one variant, pointing to a body that others may share.  RFC 9111 §2.

import type { Bytes, EpochMillis, Millis } from '../base/index.ts'
import type { FieldList } from '../http/index.ts'

/** The primary key: the printable form is the key.  Two requests with equal keys address one entry. */
export type CacheKey = string

/** What purge selectors match on: the target URI as the origin server received it. */
export type Location = {
  readonly zone: string
  readonly scheme: string
  /** Lower case, with the port unless it is the scheme's default. */
  readonly host: string
  /** Begins with "/". */
  readonly path: string
  /** Begins with "?" or is empty. */
  readonly query: string
}

/** How long, and how, a stored response may be reused; decided once, when it is stored or freshened. */
export type Freshness = {
  /** The freshness lifetime, held against the current age.  RFC 9111 §4.2.1 */
  readonly lifetime: Millis
  /** Never reused without validation: no-cache, max-age=0 under Origin Cache Control, a status TTL of 0. */
  readonly alwaysValidate: boolean
  /** Time after expiry in which a stale copy goes out while it is being validated; 0 when forbidden or absent. */
  readonly staleWhileRevalidate: Millis
  /** Time after expiry in which a stale copy goes out when the origin server fails; 0 when forbidden or absent. */
  readonly staleIfError: Millis
  /** Time after expiry in which a stale copy goes out when the origin server gives no answer at all; 0 when forbidden. */
  readonly staleIfUnreachable: Millis
}

/** The values of the nominated fields that select this variant, normalised; names sorted.  RFC 9111 §4.1 */
export type Selecting = readonly (readonly [name: string, value: string | undefined])[]

export type StoredResponse = {
  /** Opaque and unique in the store. */
  readonly id: string
  readonly key: CacheKey
  readonly location: Location
  readonly selecting: Selecting
  /** The request fields that a background validation must send again: Origin, and what the key was made of. */
  readonly requestFields: FieldList
  readonly status: number
  /**
   * The origin's, with a valid Date and without Age, Set-Cookie, what it calls private, and edge-made fields.  Those of
   * CDN_INTERNAL_FIELDS are among them, since a later 304 may lack them; delivery leaves them out.
   */
  readonly fields: FieldList
  /** Lower case.  CF cache/how-to/purge-cache/purge-by-tags */
  readonly tags: readonly string[]
  readonly freshness: Freshness
  /** When the response arrived (RFC 9111 §4.2.3 response_time). */
  readonly responseTime: EpochMillis
  /** corrected_initial_age of RFC 9111 §4.2.3. */
  readonly initialAge: Millis
  /** The journal's revision when the fetch began: a purge with a later one kills it. */
  readonly revision: number
  readonly body: StoredBody
}

/** An immutable body, named by its SHA-256 (lower-case hex).  Equal bytes are one object. */
export type StoredBody = {
  readonly digest: string
  readonly length: Bytes
}
