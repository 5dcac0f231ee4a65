// The frame of a multipart/byteranges content: what stands between the bytes.  RFC 9110 §14.6, RFC 2046 §5.1.
//
//   --B CRLF  Content-Type: T CRLF  Content-Range: bytes a-b/size CRLF  CRLF  <bytes>
//   CRLF --B CRLF  ...                                                        <bytes>
//   CRLF --B-- CRLF

import { type ByteRange, contentRange } from './ranges.ts'

/** One part: `head` goes out, then the bytes from `first` to `last`. */
export type RangePart = ByteRange & { readonly head: string }

export type MultipartRanges = {
  /** The Content-Type of the 206. */
  readonly contentType: string
  readonly parts: readonly RangePart[]
  /** Goes out after the last part's bytes. */
  readonly tail: string
  /** Content-Length of the whole: heads, bytes and tail. */
  readonly length: number
}

/**
 * The frame around these ranges of a file of `size` bytes.  The boundary must be a token that the file does not hold;
 * a content type that is not printable ASCII is left out, so that one character is one byte and none ends the line.
 */
export function multipartRanges(
  ranges: readonly ByteRange[],
  size: number,
  contentType: string | undefined,
  boundary: string,
): MultipartRanges {
  const typeLine = contentType !== undefined && isPrintableAscii(contentType) ? `Content-Type: ${contentType}\r\n` : ''
  const parts: RangePart[] = []
  const tail = `\r\n--${boundary}--\r\n`
  let length = tail.length
  for (const { first, last } of ranges) {
    const delimiter = `${parts.length === 0 ? '' : '\r\n'}--${boundary}\r\n`
    const head = `${delimiter}${typeLine}Content-Range: ${contentRange(first, last, size)}\r\n\r\n`
    parts.push({ head, first, last })
    length += head.length + (last - first + 1)
  }
  return { contentType: `multipart/byteranges; boundary=${boundary}`, parts, tail, length }
}

function isPrintableAscii(text: string): boolean {
  for (let i = 0; i < text.length; i += 1) {
    const code = text.charCodeAt(i)
    if (code < 0x20 || code > 0x7e) return false
  }
  return text !== ''
}
