// One spelling for one path.  RFC 3986 §6.2.2; CF rules/normalization/how-it-works; docs/decisions/0070
//
// `rfc3986` decodes what need not be escaped, escapes what must be, writes escapes in capitals and removes dot segments.
// `cloudflare` first takes "\" for "/" and several slashes for one.  Reserved characters stay as they are, escaped or not:
// `%2F` is never a slash.  The query is not touched.
//
// N1  Idempotent: a normalised path is left as it is.  So a "%" that begins no escape is escaped itself.
// N2  Linear in the length of the path; the result is at most three times as long, in bytes.
//
// DEVIATION CF rules/normalization: before anything here runs, the runtime has removed dot segments, turned "\" to "/" and
// escaped `"`, "<", ">", "^", "`", "{" and "}" in the path, and `"`, "<", ">" and "'" in the query.  The origin server
// receives the URL so, whatever the scope.

export type NormalizationType = 'rfc3986' | 'cloudflare'

/** Path and query in one spelling; `target` itself when it has it already. */
export function normalizeUrl<Target extends { readonly path: string; readonly query: string }>(
  target: Target,
  type: NormalizationType,
): { readonly path: string; readonly query: string } {
  const path = normalizePath(target.path, type)
  return path === target.path ? target : { path, query: target.query }
}

/** The normalised path; begins with "/" if `path` does.  Total: any text is a path. */
export function normalizePath(path: string, type: NormalizationType): string {
  if (isNormal(path, type)) return path
  const separated = type === 'cloudflare' ? path.replaceAll('\\', '/').replace(/\/{2,}/g, '/') : path
  return withoutDotSegments(respelled(separated))
}

/** RFC 3986 §5.2.4, on a path that begins with "/". */
function withoutDotSegments(path: string): string {
  if (!path.includes('/.')) return path
  const kept: string[] = []
  const segments = path.split('/')
  const last = segments.length - 1
  for (const [index, segment] of segments.entries()) {
    if (segment !== '.' && segment !== '..') {
      kept.push(segment)
      continue
    }
    // The first is the nothing before the leading slash.
    if (segment === '..' && kept.length > 1) kept.pop()
    if (index === last) kept.push('')
  }
  return kept.join('/')
}

const PERCENT = 0x25
const DOT = 0x2e
const SLASH = 0x2f

/** Of each ASCII code: whether it stands for itself in a path: unreserved, or reserved and left alone. */
const STANDS: readonly boolean[] = Array.from({ length: 128 }, (_, code) =>
  /^[A-Za-z0-9\-._~:/?#[\]@!$&'()*+,;=]$/.test(String.fromCharCode(code)),
)
const UNRESERVED: readonly boolean[] = Array.from({ length: 128 }, (_, code) =>
  /^[A-Za-z0-9\-._~]$/.test(String.fromCharCode(code)),
)

/** One look at each character, without making anything: most paths are normal. */
function isNormal(path: string, type: NormalizationType): boolean {
  let before = 0
  for (let at = 0; at < path.length; at += 1) {
    const code = path.charCodeAt(at)
    if (STANDS[code] !== true) return false
    if (before === SLASH && (code === DOT || (code === SLASH && type === 'cloudflare'))) return false
    before = code
  }
  return true
}

function respelled(path: string): string {
  let text = ''
  let from = 0
  for (let at = 0; at < path.length; at += 1) {
    const code = path.charCodeAt(at)
    if (STANDS[code] === true) continue
    text += path.slice(from, at)
    const byte = code === PERCENT ? escapeAt(path, at) : undefined
    if (byte !== undefined) {
      text += UNRESERVED[byte] === true ? String.fromCharCode(byte) : path.slice(at, at + 3).toUpperCase()
      from = at + 3
    } else {
      const character = String.fromCodePoint(path.codePointAt(at) ?? 0)
      text += escaped(character)
      from = at + character.length
    }
    at = from - 1
  }
  return text + path.slice(from)
}

/** The byte that the escape at `at` stands for, or undefined when there is none. */
function escapeAt(path: string, at: number): number | undefined {
  const digits = path.slice(at + 1, at + 3)
  return /^[0-9A-Fa-f]{2}$/.test(digits) ? Number.parseInt(digits, 16) : undefined
}

/** The escapes of a character's UTF-8 bytes; half a surrogate pair is U+FFFD. */
function escaped(character: string): string {
  return encodeURIComponent(character.isWellFormed() ? character : '�')
}
