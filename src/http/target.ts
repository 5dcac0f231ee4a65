// The request's target, taken apart without a URL object: this runs for every request.  RFC 9110 §7.1, RFC 3986 §3.
//
// The listener gives `http://host/path?query`, perhaps with a fragment that no client should have sent, and a path-only
// text when the request has no usable Host.  Nothing is decoded or normalised here.

export type Target = {
  /** Host and port as the URL has them; empty for a path-only URL. */
  readonly authority: string
  /** Begins with "/". */
  readonly path: string
  /** Begins with "?" or is empty. */
  readonly query: string
}

/** Authority, path and query of a request URL; the fragment is dropped.  Total: any text gives a path with a "/". */
export function splitTarget(url: string): Target {
  const hash = url.indexOf('#')
  const end = hash < 0 ? url.length : hash
  const start = Math.min(authorityStart(url), end)
  const question = before(url.indexOf('?', start), end)
  const slash = start === 0 ? 0 : before(url.indexOf('/', start), question)
  const path = url.slice(slash, question)
  return {
    authority: url.slice(start, slash),
    path: path[0] === '/' ? path : `/${path}`,
    query: url.slice(question, end),
  }
}

/** The last segment of a path: what follows the last "/". */
export function lastSegment(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1)
}

/**
 * The lower-case extension of a path's last segment, or '' when it has none or is a dot-file.  Path parameters do not
 * count: `/account;x.css` has no extension, because to origin servers that strip them it is `/account`, and caching that
 * as a stylesheet would publish it.  Nothing is percent-decoded.
 */
export function pathExtension(path: string): string {
  const slash = path.lastIndexOf('/')
  const parameters = path.indexOf(';', slash + 1)
  const end = parameters < 0 ? path.length : parameters
  const dot = path.lastIndexOf('.', end - 1)
  if (dot <= slash + 1) return ''
  const extension = path.slice(dot + 1, end)
  return hasUpperCase(path, dot + 1, end) ? extension.toLowerCase() : extension
}

/** Asked first, because `toLowerCase` costs more than all the rest on a text that needs none. */
function hasUpperCase(text: string, from: number, to: number): boolean {
  for (let at = from; at < to; at += 1) {
    const code = text.charCodeAt(at)
    if ((code >= 0x41 && code <= 0x5a) || code >= 0x80) return true
  }
  return false
}

/** Where the authority of an absolute URL begins, or 0 when the text is a path only. */
function authorityStart(url: string): number {
  if (url.startsWith('http://')) return 7
  return url.startsWith('https://') ? 8 : 0
}

/** An index that was found and lies before `limit`, or else the limit. */
function before(index: number, limit: number): number {
  return index < 0 || index > limit ? limit : index
}
