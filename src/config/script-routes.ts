// Which zone is a route pattern of?

import { parseRoutePattern } from '../scripts/index.ts'

/** Whether the pattern is one of this zone. */
export function isWorkerRouteOf(pattern: string, zone: string): boolean {
  return parseRoutePattern(pattern, zone).ok
}

/** The host of a pattern, without its wildcard, lower case: enough to find its zone. */
export function patternHost(pattern: string): string {
  const [host = ''] = pattern.replace(/^https?:\/\//i, '').split('/')
  return host.replace(/^\*?\.?/, '').toLowerCase()
}
