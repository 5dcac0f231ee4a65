// The built-in demo origin: a real server on a free loopback port, so that the edge has something to cache from the start.

import { INDEX, PAGES, type Page } from './pages.ts'

export interface DemoOrigin {
  /** `http://127.0.0.1:PORT` */
  readonly url: string
  stop(): Promise<void>
}

/** A slow page comes in so many pieces, with a pause before each. */
const SLOW_PIECES = 4
const SLOW_PAUSE_MILLIS = 250

/** Starts the demo origin. */
export function startDemoOrigin(): DemoOrigin {
  const pages = new Map([INDEX, ...PAGES].map((page) => [page.path, prepare(page)]))
  const server = Bun.serve({
    hostname: '127.0.0.1',
    port: 0,
    development: false,
    fetch: (request) => answer(pages.get(new URL(request.url).pathname), request),
  })
  return { url: `http://127.0.0.1:${server.port}`, stop: () => server.stop(true) }
}

type Prepared = { readonly page: Page; readonly entityTag: string; readonly lastModified: string }

function prepare(page: Page): Prepared {
  const digest = new Bun.CryptoHasher('sha256').update(page.body).digest('hex')
  return { page, entityTag: `"${digest.slice(0, 16)}"`, lastModified: new Date().toUTCString() }
}

function answer(prepared: Prepared | undefined, request: Request): Response {
  if (prepared === undefined)
    return new Response('not found\n', { status: 404, headers: { 'content-type': 'text/plain' } })
  if (request.method !== 'GET' && request.method !== 'HEAD') {
    return new Response('method not allowed\n', { status: 405, headers: { allow: 'GET, HEAD' } })
  }
  const { page, entityTag } = prepared
  const fields = fieldsFor(prepared, request)
  if (request.headers.get('if-none-match') === entityTag) return new Response(null, { status: 304, headers: fields })
  return new Response(page.slow === true ? drip(page.body) : page.body, { headers: fields })
}

function fieldsFor({ page, entityTag, lastModified }: Prepared, request: Request): Headers {
  const fields = new Headers({
    ...page.fields,
    'content-type': page.type,
    etag: entityTag,
    'last-modified': lastModified,
  })
  const origin = request.headers.get('origin')
  if (page.grantsWhoeverAsks === true && origin !== null) fields.set('access-control-allow-origin', origin)
  return fields
}

function drip(body: string | Uint8Array<ArrayBuffer>): ReadableStream<Uint8Array> {
  const bytes = typeof body === 'string' ? new TextEncoder().encode(body) : body
  const size = Math.ceil(bytes.length / SLOW_PIECES)
  let sent = 0
  return new ReadableStream({
    pull: async (controller) => {
      await Bun.sleep(SLOW_PAUSE_MILLIS)
      controller.enqueue(bytes.subarray(sent, sent + size))
      sent += size
      if (sent >= bytes.length) controller.close()
    },
  })
}
