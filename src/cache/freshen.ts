// What does a 304 make of a stored response?  RFC 9111 §3.2, §4.3.4; docs/decisions/0029.
//
// Its fields replace those of the same name, all others stay, and the result is judged anew as if it had just arrived:
// a new Cache-Control counts, a `no-store` ends it.

import { type FieldList, hasField } from '../http/index.ts'
import { edgeTtlRule, statusTtl } from './freshness.ts'
import type { RuledResponse } from './ruled-response.ts'
import type { CacheSettings } from './settings.ts'
import {
  decideStorableBy,
  keepPassed,
  type PresentedRequest,
  type ReceivedResponse,
  type StorableDecision,
} from './storable.ts'
import type { StoredResponse } from './stored-response.ts'

/** Fields that say how the stored bytes are to be read or checked, of which a 304 has none. */
const ABOUT_CONTENT: readonly string[] = [
  'content-digest',
  'content-encoding',
  'content-length',
  'content-md5',
  'content-range',
  'trailer',
  'transfer-encoding',
]
/** Never stored; Age is that of the 304 and lives in `initialAge`. */
const NEVER_STORED: readonly string[] = ['age', 'set-cookie']

const NEVER_TAKEN: ReadonlySet<string> = new Set([...ABOUT_CONTENT, ...NEVER_STORED])

/**
 * The stored fields, brought up to date by those of a 304: each name that it has replaces all lines of that name.  The
 * stored entity-tag stays, whatever the 304 says; the stored Date does not, since the Age counts from the 304's.
 */
export function freshenFields(stored: FieldList, notModified: FieldList): FieldList {
  const keepsTag = hasField(stored, 'etag')
  const taken = notModified.filter(([name]) => !NEVER_TAKEN.has(name) && !(keepsTag && name === 'etag'))
  const replaced = new Set(taken.map(([name]) => name)).add('date')
  return [...stored.filter(([name]) => !replaced.has(name)), ...taken]
}

/**
 * Whether a freshened response may stay stored, and as what.  A status TTL that names 304 decides over the one for the
 * stored status.  Refused: the stored response must go, and the merged fields go out with its content, uncached.
 *
 * `underRules` is asked about the merged response, as it was about the first one; undefined: no rule matches.
 */
export function decideFreshened(
  settings: CacheSettings,
  presented: PresentedRequest,
  stored: Pick<StoredResponse, 'status' | 'fields'>,
  notModified: ReceivedResponse,
  underRules?: (merged: Pick<StoredResponse, 'status' | 'fields'>) => RuledResponse | undefined,
): StorableDecision {
  const { status } = stored
  const merged = freshenFields(stored.fields, notModified.fields)
  const ruled = underRules?.({ status, fields: merged })
  const { edgeTtl } = ruled?.settings ?? settings
  const rule = statusTtl(edgeTtl, 304) ?? edgeTtlRule(edgeTtl, status)
  // What merging leaves out, the age is computed from.
  const age = notModified.fields.filter(([name]) => name === 'age')
  const fields = [...(ruled?.judged ?? merged), ...age]
  const decision = decideStorableBy(rule, ruled?.settings ?? settings, presented, { ...notModified, status, fields })
  return ruled === undefined ? decision : keepPassed(ruled, decision)
}
