// What a cache key is made of, as the pipeline hands it over: plain values, taken from the request that the origin server
// would receive.

import type { DeviceType } from './device-type.ts'

export type KeyRequest = {
  /** The scheme towards the origin server: part of the default key. */
  readonly originScheme: string
  /** The scheme towards the visitor: part of a custom key. */
  readonly visitorScheme: string
  /** The visitor's Host: lower case, with its port unless that is the scheme's default. */
  readonly host: string
  /** The Host that the origin server receives instead, where a rule says so: as it is written there. */
  readonly hostHeader?: string | undefined
  /** The host whose address is connected to. */
  readonly resolvedHost: string
  /** Begins with "/". */
  readonly path: string
  /** Begins with "?" or is empty. */
  readonly query: string
  /** The Origin field; null when the request has none, which is not the text `null`. */
  readonly origin: string | null
  /** The value of a request field, its lines joined, or null: `Headers.get`. */
  field(name: string): string | null
  /** ISO 3166-1 alpha-2, when known. */
  readonly country: string | undefined
  /** Given by somebody who knows (a purge by URL); else User-Agent tells. */
  readonly deviceType?: DeviceType | undefined
}

/**
 * Fields by which some origin servers let a client override method, host or URL: each that a request carries is part of
 * its key, so that an answer to it poisons nobody else's.  `x-forwarded-scheme` counts unless it is http or https.
 */
export const OVERRIDE_FIELDS: readonly string[] = [
  'x-http-method-override',
  'x-http-method',
  'x-method-override',
  'x-forwarded-host',
  'x-host',
  'x-forwarded-scheme',
  'x-original-url',
  'x-rewrite-url',
  'forwarded',
]

/** The override fields of one request, in any order; names in lower case. */
export type Overrides = readonly (readonly [name: string, value: string])[]

const NO_OVERRIDES: Overrides = []

/** The override fields that a request carries. */
export function collectOverrides(field: (name: string) => string | null): Overrides {
  let found: [string, string][] | undefined
  for (const name of OVERRIDE_FIELDS) {
    const value = field(name)
    if (value === null) continue
    found ??= []
    found.push([name, value])
  }
  return found ?? NO_OVERRIDES
}
