// Fields that live for one connection only and are dropped in both directions.  RFC 9110 §7.6.1.
//
// Beside the fixed set, a message may name further fields in Connection.  That list comes from the peer, and whoever may
// strike any field from a message between two parties can make them disagree: `Connection: cookie` gives the origin
// server an anonymous request for what the edge believes to be a signed-in one; `Connection: vary` makes a response look
// shareable.  The standard forbids a sender to name fields meant for every recipient, so naming one has no honest use;
// those fields stay.  Everything else that is listed goes.

import { listMembers } from './fields.ts'
import { isToken } from './token.ts'

/** Never forwarded, listed in Connection or not. */
export const HOP_BY_HOP: ReadonlySet<string> = new Set([
  'connection',
  'http2-settings',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authentication-info',
  'proxy-authorization',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
])

/** End-to-end fields that decide who asks, what is asked, and how an answer may be stored or read. */
const GUARDED: ReadonlySet<string> = new Set([
  // Who asks, and through whom: losing one makes a request look like another's.
  'authorization',
  'cookie',
  'host',
  'origin',
  'via',
  'cdn-loop',
  'forwarded',
  'x-real-ip',
  'true-client-ip',
  // What is asked for, to origin servers that let a client override it: the cache key has what it was sent.
  'x-http-method',
  'x-http-method-override',
  'x-method-override',
  'x-host',
  'x-original-url',
  'x-rewrite-url',
  // Which answer is meant: losing one turns a part into a whole, or one variant into another.
  'range',
  'if-match',
  'if-none-match',
  'if-modified-since',
  'if-unmodified-since',
  'if-range',
  // How content is read: losing one makes both ends read other bytes.
  'content-encoding',
  'content-length',
  'content-range',
  'content-type',
  // What a cache may do: losing one lets a private answer be shared, or an old one pass for new.
  'age',
  'cache-control',
  'cdn-cache-control',
  'cloudflare-cdn-cache-control',
  'surrogate-control',
  'date',
  'etag',
  'expires',
  'last-modified',
  'pragma',
  'set-cookie',
  'vary',
])

const GUARDED_PREFIXES: readonly string[] = ['cf-', 'x-forwarded-', 'access-control-', 'sec-']

const NO_OPTIONS: ReadonlySet<string> = new Set()

/** The lower-case names of the fields to drop because Connection lists them; members that are no token are ignored. */
export function connectionOptions(value: string | undefined | null): ReadonlySet<string> {
  if (value === undefined || value === null || value === '') return NO_OPTIONS
  const names = new Set<string>()
  for (const member of listMembers(value)) {
    const name = member.toLowerCase()
    if (isToken(name) && !isGuarded(name)) names.add(name)
  }
  return names
}

/** Whether a field (lower case) decides who asks, what is asked, or how an answer is stored or read. */
export function isGuarded(name: string): boolean {
  return GUARDED.has(name) || GUARDED_PREFIXES.some((prefix) => name.startsWith(prefix))
}
