// Does a selector name a stored response?  CF cache/how-to/purge-cache.
//
// Pure, one selector at a time: for dry runs, reports and as the yardstick of standing.ts, which answers the same for
// all selectors at once.  The zone and the revision are the caller's to compare.

import { unreachable } from '../base/index.ts'
import type { StoredResponse } from '../cache/index.ts'
import { canonicalPath, hostNames, uriOf } from './location-names.ts'
import type { Selector } from './selector.ts'

/** Whether the selector names the response; case of hosts and tags is already folded on both sides. */
export function concerns(selector: Selector, response: StoredResponse): boolean {
  switch (selector.kind) {
    case 'everything':
      return true
    case 'host':
      return hostNames(response.location).includes(selector.host)
    case 'tag':
      return response.tags.includes(selector.tag)
    case 'prefix':
      return isUnder(selector.prefix, response)
    case 'key':
      return response.key === selector.key
    case 'uri':
      return uriOf(response.location) === selector.uri
    default:
      return unreachable(selector)
  }
}

/** Matches end at a segment: "/foo" takes "/foo" and "/foo/bar", not "/foobar". */
function isUnder(prefix: string, response: StoredResponse): boolean {
  const path = canonicalPath(response.location.path)
  return hostNames(response.location).some((host) => {
    const whole = host + path
    return whole === prefix || whole.startsWith(`${prefix}/`)
  })
}
