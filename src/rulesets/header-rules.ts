// What rules may do to header fields.  CF rules/transform: header-valid-names, header-valid-values, and the two lists of
// protected fields.  Cloudflare states its lists as non-exhaustive; ours adds what frames the message, which no rule can
// change without breaking it.

import type { HeaderEdit } from './outcomes.ts'

export const MAX_HEADER_VALUE_CHARACTERS = 4_096
/** Names and values that the rules of one phase set for one message; docs/decisions/0061. */
export const MAX_HEADER_TOTAL_CHARACTERS = 16_384

const NAME = /^[A-Za-z0-9_-]+$/
const VALUE = /^[\x20-\x7e]*$/

export type HeaderSide = 'request' | 'response'

/** Framing and connection: they belong to each hop, not to the message. */
const FRAMING = [
  ...[
    'connection',
    'content-length',
    'keep-alive',
    'proxy-connection',
    'te',
    'trailer',
    'transfer-encoding',
    'upgrade',
  ],
]

/** Nothing may be done to these. */
const UNTOUCHABLE: Readonly<Record<HeaderSide, ReadonlySet<string>>> = {
  request: new Set([...FRAMING, 'accept-encoding', 'cdn-loop', 'expect', 'host']),
  response: new Set([...FRAMING, 'content-encoding', 'eh-cache-tag', 'eh-cdn-cache-control', 'server']),
}

/** These may be removed, and no more: whoever set them would speak for the visitor. */
const ONLY_REMOVABLE: ReadonlySet<string> = new Set([
  ...['cf-connecting-ip', 'cookie', 'true-client-ip', 'x-forwarded-for', 'x-forwarded-proto', 'x-real-ip'],
])

const OWN_PREFIX = /^(?:x-)?cf-/

/** Why an operation on that field is refused, or undefined; the name is in lower case. */
export function protectionOf(side: HeaderSide, operation: HeaderEdit['operation'], name: string): string | undefined {
  if (side === 'request' && ONLY_REMOVABLE.has(name)) {
    return operation === 'remove' ? undefined : `${name} is protected: rules may only remove it`
  }
  if (OWN_PREFIX.test(name)) return `${name} is protected: fields that begin with cf- or x-cf- belong to the edge`
  if (!UNTOUCHABLE[side].has(name)) return undefined
  return name === 'host'
    ? 'host is protected: override it by an Origin Rule'
    : `${name} is protected: rules cannot change it`
}

export function isHeaderName(name: string): boolean {
  return NAME.test(name)
}

/** What is wrong with a value, or undefined: its length, or a character that is not printable ASCII. */
export function headerValueProblem(value: string): string | undefined {
  if (value.length > MAX_HEADER_VALUE_CHARACTERS) {
    return `has ${value.length} characters, more than ${MAX_HEADER_VALUE_CHARACTERS}`
  }
  return VALUE.test(value) ? undefined : 'has a character that is not printable ASCII'
}
