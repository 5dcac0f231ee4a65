// Stored responses for this room's tests: a plain one, changed where a test cares.

import { bytes, epochMillis, millis } from '../base/index.ts'
import type { Location, StoredResponse } from '../cache/index.ts'

export type ResponseShape = {
  readonly url?: string
  readonly zone?: string
  readonly key?: string
  readonly tags?: readonly string[]
  readonly revision?: number
}

/** A stored response for `url`, fetched at `revision`. */
export function makeStoredResponse(shape: ResponseShape = {}): StoredResponse {
  const url = shape.url ?? 'http://b.example.com/a/b'
  const location = locationOf(url, shape.zone ?? 'zone')
  return {
    id: `id of ${url}`,
    key: shape.key ?? `key of ${url}`,
    location,
    selecting: [],
    requestFields: [],
    status: 200,
    fields: [],
    tags: shape.tags ?? [],
    freshness: {
      lifetime: millis(60_000),
      alwaysValidate: false,
      staleWhileRevalidate: millis(0),
      staleIfError: millis(0),
      staleIfUnreachable: millis(0),
    },
    responseTime: epochMillis(0),
    initialAge: millis(0),
    revision: shape.revision ?? 0,
    body: { digest: '00'.repeat(32), length: bytes(1) },
  }
}

/** Cuts the URL as it is written, without the normalisation of `new URL`. */
function locationOf(url: string, zone: string): Location {
  const [, scheme = '', host = '', path = '', query = ''] = /^(\w+):\/\/([^/]*)(\/[^?]*)(\?.*)?$/.exec(url) ?? []
  return { zone, scheme, host, path, query: query ?? '' }
}
