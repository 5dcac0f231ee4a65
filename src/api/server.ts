// The API's listener.  It accepts at once; what answers is loaded behind it (answering.ts), and calls that come before it is
// there wait for it.

import type { Answering } from './answering.ts'
import type { ApiOptions } from './options.ts'

export interface ApiServer {
  readonly url: string
  readonly port: number
  /** Loads what answers, so that the first call need not wait for it; rejects when this installation is not whole. */
  load(): Promise<void>
  /** Accepts nothing more, lets answers under way finish within a bound, closes. */
  stop(): Promise<void>
}

const STOP_WAIT_MILLIS = 5_000
/** Bodies are limited by operation (body.ts), with an answer in an envelope; the listener only must not be stricter. */
const LISTENER_BODY_LIMIT_BYTES = Number.MAX_SAFE_INTEGER

/** Starts the API; throws when the address cannot be had or the token is empty. */
export function startApi(options: ApiOptions): ApiServer {
  const { hostname, port, token } = options
  if (token === '') throw new TypeError('the API token is empty; set VARYANT_API_TOKEN or remove the empty token file')
  let loading: Promise<Answering> | undefined
  const load = () => {
    loading ??= loadAnswering(options)
    return loading
  }
  const server = Bun.serve({
    hostname,
    port,
    development: false,
    maxRequestBodySize: LISTENER_BODY_LIMIT_BYTES,
    fetch: async (request, bound) => {
      const client = bound.requestIP(request)?.address ?? ''
      return (await load()).answer(request, client)
    },
  })
  const bound = server.port ?? port
  return {
    url: `http://${hostname.includes(':') && !hostname.startsWith('[') ? `[${hostname}]` : hostname}:${bound}`,
    port: bound,
    load: async () => void (await load()),
    stop: () => {
      // What could not be loaded has nothing to close, and `load` told why.
      void loading?.then(
        (answering) => answering.close(),
        () => {},
      )
      return stopWithin(server)
    },
  }
}

/** Loads the operations: two hundred files and two packages, a third of a start that waited for them.  0140 */
async function loadAnswering(options: ApiOptions): Promise<Answering> {
  const { makeAnswering } = await import('./answering.ts')
  return makeAnswering(options)
}

async function stopWithin(server: Bun.Server<undefined>): Promise<void> {
  let timer: ReturnType<typeof setTimeout> | undefined
  const bound = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, STOP_WAIT_MILLIS)
  })
  await Promise.race([server.stop(), bound])
  clearTimeout(timer)
  await server.stop(true)
}
