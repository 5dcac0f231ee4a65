// One spelling for a path.  CF rules/normalization/how-it-works; RFC 3986 §6.2.2
//
//   rfc3986      unreserved characters are not escaped, all that is neither reserved nor unreserved is, escapes are written
//                with capital digits, and there are no dot segments
//   cloudflare   the same, after `\` became `/` and runs of `/` became one
//
// The query stays as it is: what its escapes stand for is between the client and the origin server (docs/decisions/0062).
// Reserved characters keep the form that they have, because `%2F` and `/` are not the same path.

export type NormalizationType = 'rfc3986' | 'cloudflare'

/** A path that is normal already has none of these: an escape, a dot segment, a byte that ought to be escaped. */
const SUSPECT = /%|\/\.|[^A-Za-z0-9\-._~:/?#[\]@!$&'()*+,;=]/
const SEPARATORS = /\\|\/\//
const UNRESERVED = /[A-Za-z0-9\-._~]/
const NOT_LEGAL = /[^A-Za-z0-9\-._~:/?#[\]@!$&'()*+,;=%]+/g

type UrlParts = { readonly path: string; readonly query: string }

/** Path and query with the path in one spelling; the same object when it has that already.  The path begins with "/". */
export function normalizeUrl(target: UrlParts, type: NormalizationType): UrlParts {
  const { path } = target
  const merges = type === 'cloudflare' && SEPARATORS.test(path)
  if (!merges && !SUSPECT.test(path)) return target
  const merged = merges ? path.replace(/[\\/]+/g, '/') : path
  const normal = withoutDotSegments(encodeIllegal(respellEscapes(merged)))
  return normal === path ? target : { path: normal, query: target.query }
}

/** "%41" is "A", "%2f" is "%2F", and a "%" that begins no escape is "%25". */
function respellEscapes(path: string): string {
  if (!path.includes('%')) return path
  return path.replace(/%([0-9A-Fa-f]{2})?/g, (_, hex: string | undefined) => {
    if (hex === undefined) return '%25'
    const character = String.fromCharCode(Number.parseInt(hex, 16))
    return UNRESERVED.test(character) ? character : `%${hex.toUpperCase()}`
  })
}

const encoder = new TextEncoder()

function encodeIllegal(path: string): string {
  return path.replace(NOT_LEGAL, (run) =>
    [...encoder.encode(run)].map((byte) => `%${byte.toString(16).toUpperCase().padStart(2, '0')}`).join(''),
  )
}

/** RFC 3986 §5.2.4, for a path that begins with "/". */
function withoutDotSegments(path: string): string {
  if (!path.includes('/.')) return path
  const segments = path.split('/').slice(1)
  const kept: string[] = []
  for (const [index, segment] of segments.entries()) {
    const isLast = index === segments.length - 1
    if (segment === '..') kept.pop()
    if (segment !== '.' && segment !== '..') kept.push(segment)
    else if (isLast) kept.push('')
  }
  return `/${kept.join('/')}`
}
