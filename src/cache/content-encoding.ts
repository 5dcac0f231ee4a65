// Which encoded content a client may get from a cache that does not re-encode.  RFC 9110 §8.4, §12.5.3;
// docs/decisions/0020.
//
// The origin server is asked with a *class* instead of what the client wrote: the codings that the client accepts among
// those that this edge asks for.  All clients of one class are the same to the origin, so that they can share a variant;
// and no client gets a coding that it does not accept, because its class does not have it.
//
// DEVIATION CF speed/optimization/content/compression: the origin is not always asked for both gzip and br, since nothing
// here could turn br into what the client takes; docs/decisions/0020.

import { acceptsEncoding, listMembers } from '../http/index.ts'

/** What the origin server is asked for, as the value of Accept-Encoding. */
export type EncodingClass = 'identity' | 'gzip' | 'br' | 'gzip, br'

/** Raw Accept-Encoding to class.  Browsers send a handful of values; each hit on an encoded variant asks. */
const KNOWN_CLASSES = new Map<string, EncodingClass>()
const MAX_KNOWN_CLASSES = 256
const MAX_KNOWN_LENGTH = 128

/** The codings, among gzip and br, that a client accepts; `identity` when it accepts neither or sent no field. */
export function encodingClass(acceptEncoding: string | null): EncodingClass {
  if (acceptEncoding === null) return 'identity'
  const known = KNOWN_CLASSES.get(acceptEncoding)
  if (known !== undefined) return known
  const made = classOf(acceptEncoding)
  if (acceptEncoding.length <= MAX_KNOWN_LENGTH) {
    if (KNOWN_CLASSES.size >= MAX_KNOWN_CLASSES) KNOWN_CLASSES.clear()
    KNOWN_CLASSES.set(acceptEncoding, made)
  }
  return made
}

function classOf(acceptEncoding: string): EncodingClass {
  const takesGzip = acceptsEncoding(acceptEncoding, 'gzip')
  const takesBr = acceptsEncoding(acceptEncoding, 'br')
  if (takesGzip) return takesBr ? 'gzip, br' : 'gzip'
  return takesBr ? 'br' : 'identity'
}

/** Whether a client that sent this Accept-Encoding accepts every coding of a Content-Encoding. */
export function mayUseEncoding(contentEncoding: string | undefined, acceptEncoding: string | null): boolean {
  return codingsOf(contentEncoding).every((coding) => acceptsEncoding(acceptEncoding, coding))
}

/** Whether the content is in an encoded form; `identity` is none. */
export function isEncoded(contentEncoding: string | undefined): boolean {
  return codingsOf(contentEncoding).length > 0
}

function codingsOf(contentEncoding: string | undefined): readonly string[] {
  if (contentEncoding === undefined) return []
  return listMembers(contentEncoding)
    .map((member) => member.toLowerCase())
    .filter((coding) => coding !== 'identity')
    .map((coding) => (coding === 'x-gzip' ? 'gzip' : coding))
}
