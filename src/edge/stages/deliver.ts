// Turns what the pipeline has into the response that the client gets: preconditions, ranges, HEAD.
// RFC 9110 §13, §14, §9.3.2; CF cache/reference/range-requests
//
// The runtime has two habits to mind.  It answers Range by itself when a file goes out with status 200, and it adds a
// Content-Type to bytes and files that have none: where either would matter, the bytes go out as a stream.

import { EdgeError, unreachable } from '../../base/index.ts'
import { cacheStatusName } from '../../cache/index.ts'
import { contentBlob, contentStream, sliceContent } from '../../cache/store/index.ts'
import {
  type ByteRange,
  contentRange,
  decideRange,
  evaluatePreconditions,
  formatHttpDate,
  multipartRanges,
  unsatisfiedRange,
} from '../../http/index.ts'
import type { OriginAnswer } from '../../origin/index.ts'
import { cutStream } from '../cut-stream.ts'
import type { EdgeServices } from '../edge.ts'
import type { Exchange, RoutedExchange } from '../exchange.ts'
import { endFields } from '../origin-response.ts'
import { recentFields } from '../recent-fields.ts'
import type { BodySource, EdgeResponse, MadeAnswer, PassingAnswer, ScriptedAnswer, StoredAnswer } from '../response.ts'
import { storedFields } from '../stored-fields.ts'
import { mustStayTypeless, typeless } from '../typeless.ts'

/** The response to the client. */
export function deliver(exchange: Exchange, response: EdgeResponse, edge: EdgeServices): Response | Promise<Response> {
  switch (response.kind) {
    case 'stored':
      // Only a routed exchange can have come by something stored.
      return deliverStored(exchange as RoutedExchange, response, edge)
    case 'passing':
      return deliverPassing(exchange, response)
    case 'made':
      return deliverMade(exchange, response, edge)
    case 'scripted':
      return deliverScripted(exchange, response)
    default:
      return unreachable(response)
  }
}

function deliverMade(exchange: Exchange, { status, headers, text }: MadeAnswer, { clock }: EdgeServices): Response {
  // The runtime adds none to an answer to HEAD.  RFC 9110 §6.6.1
  headers.set('date', formatHttpDate(clock.now()))
  headers.set('cf-ray', exchange.ray)
  headers.set('content-length', String(Buffer.byteLength(text)))
  return new Response(exchange.method === 'HEAD' ? null : text, { status, headers })
}

/** RFC 9110 §15: these have no content, and the runtime insists. */
const WITHOUT_CONTENT: ReadonlySet<number> = new Set([204, 205, 304])

function deliverPassing(exchange: Exchange, { answer, outcome }: PassingAnswer): Response {
  const { status, headers } = answer
  endFields(headers)
  headers.set('cf-cache-status', cacheStatusName(outcome))
  headers.set('cf-ray', exchange.ray)
  if (exchange.method !== 'HEAD' && !WITHOUT_CONTENT.has(status)) {
    // The origin's own Response, its fields changed and its body not looked at: the runtime then passes the bytes on by
    // itself.  To ask for `body` makes it a stream of ours, at a quarter of what passing a small answer costs.
    if (mustStayTypeless(headers)) return typeless(answer)
    return answer instanceof Response ? answer : new Response(answer.body, { status, headers })
  }
  return withoutBody(answer)
}

function withoutBody({ status, headers, body }: OriginAnswer): Response {
  // Fail open: the client has all that it is due; whether the rest could be cancelled is the connection's matter.
  void body?.cancel().catch(() => undefined)
  return new Response(null, { status, headers })
}

/** A script says itself what came of the cache, by the fields of the answer that it made its own of. */
function deliverScripted(exchange: Exchange, { response }: ScriptedAnswer): Response {
  const { status, headers } = response
  endFields(headers)
  headers.set('cf-ray', exchange.ray)
  // As in deliverPassing: the runtime passes on by itself what is not looked at.
  if (exchange.method === 'HEAD' || WITHOUT_CONTENT.has(status)) return withoutBody(response)
  return mustStayTypeless(headers) ? typeless(response) : response
}

// What is stored

function deliverStored(
  exchange: RoutedExchange,
  answer: StoredAnswer,
  edge: EdgeServices,
): Response | Promise<Response> {
  const { stored, outcome, body } = answer
  const { plan } = exchange
  const now = edge.clock.now()
  const headers =
    outcome === 'reused-fresh' ? recentFields(stored, plan, now) : storedFields(stored, outcome, plan, now)
  headers.set('cf-ray', exchange.ray)
  if (answer.receivedAge !== undefined) headers.set('age', answer.receivedAge)
  const length = lengthOf(body)
  if (length !== undefined && !WITHOUT_CONTENT.has(stored.status)) headers.set('content-length', String(length))
  const { presented } = exchange
  const validators = {
    entityTag: headers.get('etag') ?? undefined,
    lastModified: headers.get('last-modified') ?? undefined,
  }
  const precondition = evaluatePreconditions(
    {
      method: exchange.method,
      ifNoneMatch: presented.get('if-none-match') ?? undefined,
      ifModifiedSince: presented.get('if-modified-since') ?? undefined,
    },
    { status: stored.status, date: headers.get('date') ?? undefined, ...validators },
  )
  if (precondition === 'not-modified') return notModified(headers, body)
  // Only a whole representation has ranges, and only one whose length is known.  RFC 9110 §14.2
  if (stored.status !== 200 || length === undefined) return whole(exchange, stored.status, headers, body)
  const ifRange = presented.get('if-range') ?? undefined
  const range = decideRange(presented.get('range') ?? undefined, length, ifRange, validators)
  switch (range.kind) {
    case 'whole':
      return whole(exchange, 200, headers, body)
    case 'unsatisfiable':
      headers.set('content-range', unsatisfiedRange(length))
      headers.set('content-length', '0')
      return withoutContent(416, headers, body)
    case 'single':
      return single(exchange, range, length, headers, body)
    case 'multiple':
      return multiple(exchange, range.ranges, length, headers, body)
    default:
      return unreachable(range)
  }
}

/** RFC 9110 §15.4.5: what a cache needs stays, what describes content goes. */
function notModified(headers: Headers, body: BodySource): Response {
  for (const name of ['content-length', 'content-encoding', 'content-type', 'content-range']) headers.delete(name)
  return withoutContent(304, headers, body)
}

function whole(exchange: RoutedExchange, status: number, headers: Headers, body: BodySource): Response {
  if (exchange.method === 'HEAD' || WITHOUT_CONTENT.has(status)) return withoutContent(status, headers, body)
  const isPlain = headers.has('content-type') && !exchange.presented.has('range')
  return new Response(isPlain ? directBody(body) : streamOf(body), { status, headers })
}

function single(
  exchange: RoutedExchange,
  range: ByteRange,
  size: number,
  headers: Headers,
  body: BodySource,
): Response {
  const { first, last } = range
  headers.set('content-range', contentRange(first, last, size))
  headers.set('content-length', String(last - first + 1))
  if (exchange.method === 'HEAD') return withoutContent(206, headers, body)
  const isDirect = body.kind === 'content' && headers.has('content-type')
  const part = isDirect
    ? sliceContent(body.content, first, last)
    : cutStream(streamOf(body), [{ first, last, head: '' }], '')
  return new Response(part, { status: 206, headers })
}

/** Up to this much is gathered before it goes out, so that it has a Content-Length; the runtime sends streams chunked. */
const GATHERED_BYTES = 1024 * 1024

async function multiple(
  exchange: RoutedExchange,
  ranges: readonly ByteRange[],
  size: number,
  headers: Headers,
  body: BodySource,
): Promise<Response> {
  const type = headers.get('content-type') ?? undefined
  const framed = multipartRanges(ranges, size, type, `varyant-${exchange.ray}-${crypto.randomUUID()}`)
  headers.set('content-type', framed.contentType)
  headers.set('content-length', String(framed.length))
  if (exchange.method === 'HEAD') return withoutContent(206, headers, body)
  const parts = cutStream(streamOf(body), framed.parts, framed.tail)
  const content = framed.length <= GATHERED_BYTES ? await gathered(parts, body) : parts
  return new Response(content, { status: 206, headers })
}

async function gathered(parts: ReadableStream<Uint8Array>, { kind }: BodySource): Promise<Blob> {
  try {
    return await new Response(parts).blob()
  } catch (cause) {
    if (kind === 'content') throw cause
    throw new EdgeError('origin-bad-response', 'its answer broke off', { cause })
  }
}

function withoutContent(status: number, headers: Headers, body: BodySource): Response {
  if (body.kind === 'arriving') body.leave()
  return new Response(null, { status, headers })
}

function lengthOf(body: BodySource): number | undefined {
  return body.kind === 'content' ? body.content.length : body.length
}

/** The body in the form that is cheapest to send. */
function directBody(body: BodySource): Blob | ReadableStream<Uint8Array> {
  return body.kind === 'arriving' ? body.open() : contentBlob(body.content)
}

function streamOf(body: BodySource): ReadableStream<Uint8Array> {
  if (body.kind === 'arriving') return body.open()
  const stream = contentStream(body.content)
  // The runtime takes a file's own stream for the file, and has its habits again.
  if (body.content.kind !== 'file') return stream
  return cutStream(stream, [{ first: 0, last: body.content.length - 1, head: '' }], '')
}
