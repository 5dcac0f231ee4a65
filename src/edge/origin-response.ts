// The fields of an origin's answer as a field list: lower case, Set-Cookie line by line, without what ends here.
// RFC 9110 §7.6.1

import { connectionOptions, type FieldList, HOP_BY_HOP } from '../http/index.ts'

/** The end-to-end fields of an answer.  What claims to be this edge's own is left out. */
export function originFields(headers: Headers): FieldList {
  const options = connectionOptions(headers.get('connection'))
  const fields: [string, string][] = []
  for (const [name, value] of headers) {
    if (!HOP_BY_HOP.has(name) && !options.has(name) && !OURS.has(name)) fields.push([name, value])
  }
  return fields
}

/** Fields that say what this edge did: nobody else may. */
const OURS: ReadonlySet<string> = new Set(['cf-cache-status', 'cf-ray'])

const REQUEST_ONLY: ReadonlySet<string> = new Set(['http2-settings', 'proxy-authorization'])

/** Takes out of a passing answer's fields, in place, what ends here. */
export function endFields(headers: Headers): void {
  const connection = headers.get('connection')
  if (connection !== null) for (const name of connectionOptions(connection)) headers.delete(name)
  for (const name of ENDED) headers.delete(name)
}

/** Of the hop-by-hop fields those that a response can have; each look costs, and most responses pass through here. */
const ENDED: readonly string[] = [
  ...[...HOP_BY_HOP].filter((name) => !REQUEST_ONLY.has(name)),
  'cache-tag',
  'cloudflare-cdn-cache-control',
]
