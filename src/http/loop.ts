// CDN-Loop: which content delivery networks a request has been through.  RFC 8586.
//
//   CDN-Loop = #cdn-info      cdn-info = cdn-id *( OWS ";" OWS parameter )      cdn-id = host [ ":" port ] / pseudonym

import { listMembers, splitUnquoted, trimOws } from './fields.ts'

/** The lower-case cdn-ids in order, without their parameters; members without an id are left out. */
export function parseCdnLoop(value: string | undefined | null): readonly string[] {
  if (value === undefined || value === null) return []
  return listMembers(value)
    .map((member) => trimOws(splitUnquoted(member, ';')[0] ?? '').toLowerCase())
    .filter((id) => id !== '')
}
