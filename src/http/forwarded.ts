// X-Forwarded-For: the addresses a request came through, the farthest first.  Not standardised; RFC 7239 §7.4 tells.
//
// Only the last member is ours and true; the rest is what the peer says.

import { listMembers } from './fields.ts'

/** As long as a client may make it; a chain of some forty proxies fits. */
const MAX_FORWARDED_FOR_LENGTH = 1024

/**
 * The field with the peer's address at its end.  When that would be longer than the limit, the members farthest from the
 * peer, which are the least to be trusted, are left out.
 */
export function appendForwardedFor(existing: string | undefined | null, peer: string): string {
  if (existing === undefined || existing === null) return peer
  const members = listMembers(existing)
  let value = peer
  for (let i = members.length - 1; i >= 0; i -= 1) {
    const longer = `${members[i]}, ${value}`
    if (longer.length > MAX_FORWARDED_FOR_LENGTH) break
    value = longer
  }
  return value
}
