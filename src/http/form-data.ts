// The parts of a multipart/form-data body.  RFC 7578, RFC 2046 §5.1
//
// By hand, because the runtime's own reader forgets what Content-Type a part says it has and guesses one from the name of
// its file: a module sent as text would run as code.
//
// Total and linear in the body's length: one search for delimiters, each part's head once.

import { fail, ok, type Result } from '../base/index.ts'
import { essence } from './media-type.ts'

export type FormPart = {
  readonly name: string
  /** undefined: the part is a field and no file. */
  readonly fileName: string | undefined
  /** Its media type without parameters, lower case; empty when it names none. */
  readonly type: string
  /** A view of the body. */
  readonly content: Uint8Array
}

export type FormLimits = { readonly maxParts: number }

/** RFC 2046 §5.1.1 */
const MAX_BOUNDARY_CHARACTERS = 70
/** A name, a file's name and a type fit many times over. */
const MAX_HEAD_BYTES = 8 * 1024
const CR = 0x0d
const LF = 0x0a
const DASH = 0x2d
const SPACE = 0x20
const TAB = 0x09

/** The parts of the body, in its order; or what is wrong with it.  `contentType` is that of the whole. */
export function parseFormData(
  body: Uint8Array,
  contentType: string,
  { maxParts }: FormLimits,
): Result<readonly FormPart[], string> {
  const boundary = boundaryOf(contentType)
  if (boundary === undefined) return fail('its Content-Type names no boundary')
  const delimiter = new TextEncoder().encode(`\r\n--${boundary}`)
  const parts: FormPart[] = []
  // The first delimiter may stand at the very start, without a line before it.
  let at = startsWith(body, delimiter.subarray(2), 0) ? delimiter.length - 2 : findAfter(body, delimiter, 0)
  while (at !== undefined) {
    if (body[at] === DASH && body[at + 1] === DASH) return ok(parts)
    const start = lineEnd(body, at)
    if (start === undefined) return fail('a delimiter is followed by something else')
    if (parts.length >= maxParts) return fail(`it has more than ${maxParts} parts`)
    const next = findAfter(body, delimiter, start)
    if (next === undefined) break
    const part = parsePart(body.subarray(start, next - delimiter.length))
    if (!part.ok) return part
    parts.push(part.value)
    at = next
  }
  return fail('it ends before its last delimiter')
}

function boundaryOf(contentType: string): string | undefined {
  const [, quoted, token] = /;\s*boundary=(?:"([^"]*)"|([^\s;"]+))/i.exec(contentType) ?? []
  const boundary = quoted ?? token ?? ''
  const isBoundary = /^[\x20-\x7e]+$/.test(boundary) && boundary.length <= MAX_BOUNDARY_CHARACTERS
  return isBoundary ? boundary : undefined
}

function startsWith(body: Uint8Array, wanted: Uint8Array, at: number): boolean {
  for (let index = 0; index < wanted.length; index += 1) if (body[at + index] !== wanted[index]) return false
  return true
}

/** Where the first delimiter from `from` on ends. */
function findAfter(body: Uint8Array, delimiter: Uint8Array, from: number): number | undefined {
  // A part without head and content begins with the delimiter that ends it.
  for (let at = body.indexOf(CR, from); at >= 0; at = body.indexOf(CR, at + 1)) {
    if (startsWith(body, delimiter, at)) return at + delimiter.length
  }
  return undefined
}

/** Where the line goes on to the next, after padding only. */
function lineEnd(body: Uint8Array, from: number): number | undefined {
  let at = from
  while (body[at] === SPACE || body[at] === TAB) at += 1
  return body[at] === CR && body[at + 1] === LF ? at + 2 : undefined
}

function parsePart(part: Uint8Array): Result<FormPart, string> {
  const end = headEnd(part)
  if (end === undefined) return fail('a part has no head, or one that is too long')
  const lines = new TextDecoder().decode(part.subarray(0, end)).split('\r\n')
  const disposition = fieldOf(lines, 'content-disposition')
  const name =
    disposition !== undefined && /^form-data *(?:;|$)/i.test(disposition) ? parameter(disposition, 'name') : undefined
  if (disposition === undefined || name === undefined) return fail('a part has no name')
  return ok({
    name,
    fileName: parameter(disposition, 'filename'),
    type: essence(fieldOf(lines, 'content-type') ?? '') ?? '',
    content: part.subarray(end + HEAD_END.length),
  })
}

const HEAD_END = Uint8Array.of(CR, LF, CR, LF)

function headEnd(part: Uint8Array): number | undefined {
  const head = part.subarray(0, MAX_HEAD_BYTES)
  for (let at = head.indexOf(CR); at >= 0; at = head.indexOf(CR, at + 1)) if (startsWith(head, HEAD_END, at)) return at
  return undefined
}

function fieldOf(lines: readonly string[], wanted: string): string | undefined {
  for (const line of lines) {
    const colon = line.indexOf(':')
    if (colon > 0 && line.slice(0, colon).trim().toLowerCase() === wanted) return line.slice(colon + 1).trim()
  }
  return undefined
}

/** The value of a parameter; browsers write `"`, CR and LF of a name as %22, %0D and %0A, others `"` as \". */
function parameter(value: string, wanted: string): string | undefined {
  for (const [, name = '', quoted, token] of value.matchAll(/;\s*([a-z*]+)=(?:"((?:[^"\\]|\\.)*)"|([^\s;"]*))/gi)) {
    if (name.toLowerCase() !== wanted) continue
    return (quoted ?? token ?? '')
      .replaceAll('\\"', '"')
      .replace(/%(22|0D|0A)/gi, (escaped) => decodeURIComponent(escaped))
  }
  return undefined
}
