// What explain is asked: a URL, and the request that a page makes for it.  All of it comes from outside; what a browser
// could not send, or is longer than any browser sends, is refused with a pointer.

import { z } from '@hono/zod-openapi'
import { bytes, fail, ok, type Result } from '../../../base/index.ts'
import { type ExplainQuestion, isSerializedOrigin, parseMethod } from '../../../cors/index.ts'
import { type FieldList, HOP_BY_HOP, isToken } from '../../../http/index.ts'
import type { ApiProblem } from '../../errors.ts'
import type { ApiZone, BodyRule } from '../../operation.ts'
import { schemaBody } from '../../schema-body.ts'

/** As long as a request line may be; the edge takes no longer head. */
const MAX_URL_LENGTH = 8192
const MAX_METHOD_LENGTH = 64
const MAX_HEADERS = 64
const MAX_HEADER_NAME_LENGTH = 128
/** With all the others, what one request head may have. */
const MAX_HEADERS_LENGTH = 12 * 1024
const MAX_ORIGIN_LENGTH = 320
const BODY_LIMIT = bytes(64 * 1024)

const SCHEMA = z
  .strictObject({
    url: z.string().max(MAX_URL_LENGTH),
    method: z.string().max(MAX_METHOD_LENGTH).optional().openapi({ example: 'GET' }),
    origin: z
      .string()
      .max(MAX_ORIGIN_LENGTH)
      .nullish()
      .openapi({ description: 'a serialised origin, or the text null; absent: a no-cors request' }),
    credentials: z.boolean().optional(),
    headers: z.record(z.string(), z.string()).optional(),
    probe: z.boolean().optional().openapi({ description: 'ask the origin server too; nothing is stored' }),
  })
  .openapi('ExplainQuestion')

type Read = z.output<typeof SCHEMA>

export const EXPLAIN_BODY: BodyRule<ExplainQuestion, { readonly zone: ApiZone }> = {
  schema: SCHEMA,
  limit: BODY_LIMIT,
  parse: (json, { zone }) => {
    const body = schemaBody(SCHEMA).parse(json, undefined)
    return body.ok ? read(body.value, zone) : body
  },
}

type Parsed<Value> = Result<Value, readonly ApiProblem[]>

function read(body: Read, zone: ApiZone): Parsed<ExplainQuestion> {
  const url = readUrl(body.url)
  if (!url.ok) return url
  const method = parseMethod(body.method ?? 'GET')
  if (method === undefined) return wrong('/method', `${shown(body.method)} is no method that a page can send`)
  const origin = body.origin ?? undefined
  if (origin !== undefined && origin !== 'null' && !isSerializedOrigin(origin)) {
    return wrong(
      '/origin',
      `${shown(origin)} is no origin; write scheme://host or scheme://host:port, without a path, or null`,
    )
  }
  const headers = readHeaders(body.headers ?? {})
  if (!headers.ok) return headers
  const { credentials = false, probe = false } = body
  return ok({ zone: zone.id, url: url.value, method, origin, credentials, headers: headers.value, probe })
}

function readUrl(text: string): Parsed<URL> {
  const url = URL.parse(text)
  if (url === null || (url.protocol !== 'http:' && url.protocol !== 'https:')) {
    return wrong('/url', `${shown(text)} is no http or https URL`)
  }
  if (url.username !== '' || url.password !== '') {
    return wrong('/url', 'the URL has a user name or password, and no page can fetch such a URL; leave them out')
  }
  url.hash = ''
  return ok(url)
}

/** Names that say where the request goes and who asks: url and origin say it here. */
const NOT_HEADERS: Readonly<Record<string, string>> = { origin: 'use origin', host: 'the URL has the host' }

const OF_CONTENT: ReadonlySet<string> = new Set(['content-length', 'expect'])

function readHeaders(headers: Readonly<Record<string, string>>): Parsed<FieldList> {
  const entries = Object.entries(headers)
  if (entries.length > MAX_HEADERS) return wrong('/headers', `${entries.length} headers exceed ${MAX_HEADERS}`)
  const fields = new Map<string, string>()
  let length = 0
  for (const [written, value] of entries) {
    const name = written.toLowerCase()
    const pointer = `/headers/${written.slice(0, MAX_HEADER_NAME_LENGTH).replaceAll('~', '~0').replaceAll('/', '~1')}`
    if (!isToken(name) || name.length > MAX_HEADER_NAME_LENGTH)
      return wrong(pointer, `${shown(written)} is no name of a header`)
    // Framing that no content follows would put one request's end into the next one's beginning at the origin server.
    if (HOP_BY_HOP.has(name) || OF_CONTENT.has(name)) {
      return wrong(pointer, `${name} is about a connection or its content, and explain sends none; leave it out`)
    }
    if (Object.hasOwn(NOT_HEADERS, name)) return wrong(pointer, `${name} is no further header: ${NOT_HEADERS[name]}`)
    if (fields.has(name)) return wrong(pointer, `${name} is given twice; give it once`)
    // What a header can hold: HTAB, and the characters from space to U+00FF but DEL.  Fetch §Headers
    if (!/^[\t\x20-\x7e\x80-\xff]*$/.test(value))
      return wrong(pointer, `the value of ${name} has characters that no header can have`)
    length += name.length + value.length
    if (length > MAX_HEADERS_LENGTH) return wrong('/headers', `the headers exceed ${MAX_HEADERS_LENGTH} bytes together`)
    fields.set(name, value.trim())
  }
  return ok([...fields])
}

function shown(value: unknown): string {
  return JSON.stringify(String(value).slice(0, 100))
}

function wrong(pointer: string, message: string): Result<never, readonly ApiProblem[]> {
  return fail([{ kind: 'invalid-body', message, pointer }])
}
