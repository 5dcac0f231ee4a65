// Heads of HTTP/1.1 messages between edge and workerd: one written for each request of a stage, one read for each answer.
// RFC 9112 §2 to §6
//
// Pure.  What would let one message be read as two is refused here: a method that is no token, a length that is no number,
// lengths that contradict each other.  Field values cannot hold line ends; the runtime's Headers do not take them.

import { HOP_BY_HOP, isToken } from '../../http/index.ts'

export type RequestHead = {
  readonly method: string
  /** Path and query. */
  readonly target: string
  /** Host among them. */
  readonly headers: Headers
}

/** The text of a request's head, one character a byte; undefined when there is no such request. */
export function writeRequestHead({ method, target, headers }: RequestHead, hasContent: boolean): string | undefined {
  if (!isToken(method) || !isSendable(target)) return undefined
  let text = `${method} ${target} HTTP/1.1\r\n`
  // The one way to read them all that makes no array for each.
  const fields: Readonly<Record<string, string | readonly string[]>> = headers.toJSON()
  for (const name in fields) {
    const value = fields[name]
    if (typeof value !== 'string') for (const line of value ?? []) text += `${name}: ${line}\r\n`
    else if (name !== 'content-length' && !HOP_BY_HOP.has(name)) text += `${name}: ${value}\r\n`
  }
  return `${text}${framingField(requestLength(headers, hasContent))}\r\n`
}

/** Whether it is a path that a request line can hold.  RFC 9112 §3.2: no blanks; RFC 3986 §2: nothing beyond ASCII. */
export function isSendable(target: string): boolean {
  return VISIBLE.test(target)
}

const VISIBLE = /^\/[\x21-\x7e]*$/

/** How many bytes of content go out, `chunked` when nobody knows, undefined when there is none and no field says so. */
export function requestLength(headers: Headers, hasContent: boolean): number | 'chunked' | undefined {
  const length = parseLength(headers.get('content-length'))
  if (hasContent) return length ?? 'chunked'
  return length === 0 ? 0 : undefined
}

function framingField(length: number | 'chunked' | undefined): string {
  if (length === undefined) return ''
  return length === 'chunked' ? 'transfer-encoding: chunked\r\n' : `content-length: ${length}\r\n`
}

/** What ends an answer's content.  RFC 9112 §6.3 */
export type Framing =
  /** It has none. */
  | { readonly kind: 'none' }
  | { readonly kind: 'length'; readonly length: number }
  | { readonly kind: 'chunked' }
  /** The end of the connection. */
  | { readonly kind: 'until-end' }

export type AnswerHead = {
  readonly status: number
  readonly statusText: string
  /** Without those that are about the connection. */
  readonly headers: Headers
  readonly framing: Framing
  /** Whether the connection serves another request after this answer. */
  readonly isKept: boolean
}

/** An answer's head, without the empty line behind it; undefined when it is none, or its framing is in doubt. */
export function parseAnswerHead(text: string, method: string): AnswerHead | undefined {
  const lineEnd = ended(text.indexOf('\r\n'), text)
  const start = STATUS_LINE.exec(text.slice(0, lineEnd))
  const headers = start === null ? undefined : parseFields(text, lineEnd + 2)
  if (start === null || headers === undefined) return undefined
  const status = Number(start[2])
  const framing = framingOf(status, method, headers)
  if (framing === undefined) return undefined
  const isClosed = start[1] === '0' || headers.get('connection')?.toLowerCase().includes('close') === true
  const isKept = !isClosed && framing.kind !== 'until-end'
  for (const name of OF_CONNECTION) headers.delete(name)
  return { status, statusText: start[3] ?? '', headers, framing, isKept }
}

const STATUS_LINE = /^HTTP\/1\.([01]) ([1-5]\d\d)(?: ([^\r\n]*))?$/

const OF_CONNECTION = ['connection', 'keep-alive', 'transfer-encoding'] as const

function parseFields(text: string, from: number): Headers | undefined {
  const headers = new Headers()
  try {
    for (let at = from; at < text.length; ) {
      const end = ended(text.indexOf('\r\n', at), text)
      const colon = text.indexOf(':', at)
      if (colon < 0 || colon > end) return undefined
      headers.append(text.slice(at, colon), text.slice(colon + 1, end))
      at = end + 2
    }
    return headers
  } catch {
    // Fail closed: a name or a value that no field may have.
    return undefined
  }
}

/** RFC 9112 §6.3: by its status, then by its coding, then by its length, else to the end of the connection. */
function framingOf(status: number, method: string, headers: Headers): Framing | undefined {
  if (method === 'HEAD' || status < 200 || status === 204 || status === 304) return NONE
  const coding = headers.get('transfer-encoding')
  const length = headers.get('content-length')
  // RFC 9112 §6.3: both at once ought to be handled as an error.
  if (coding !== null) return length === null && coding.toLowerCase() === 'chunked' ? CHUNKED : undefined
  if (length === null) return UNTIL_END
  const parsed = parseLength(length)
  return parsed === undefined ? undefined : { kind: 'length', length: parsed }
}

const NONE: Framing = { kind: 'none' }
const CHUNKED: Framing = { kind: 'chunked' }
const UNTIL_END: Framing = { kind: 'until-end' }

/** Content-Length, or undefined for what is no number, or one that no number here can hold. */
function parseLength(text: string | null): number | undefined {
  return text !== null && /^\d{1,15}$/.test(text) ? Number(text) : undefined
}

function ended(index: number, text: string): number {
  return index < 0 ? text.length : index
}
