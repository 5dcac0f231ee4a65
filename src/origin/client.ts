// The client of origin servers, on the runtime's `fetch`: HTTP/1.1 with connections that persist, in a pool of its own.
//
// What `fetch` gives (docs/decisions/0030): a request that meets a connection which the origin closed meanwhile is sent
// again on a fresh one if its method is idempotent and its content, if any, can be repeated; nothing else is ever sent
// twice.  A cut answer errors.  What it does not give, and this file adds: time-outs that say what failed, and reasons.
//
// User-Agent: `fetch` writes its own into a request without one, so such a request gets an empty one.  `Accept: */*` and
// `Connection: keep-alive`, which it writes too, mean what their absence means.

import { EdgeError, type Millis, millis } from '../base/index.ts'
import { isFinal } from '../http/index.ts'
import {
  ClientGone,
  type OriginAnswer,
  type OriginClient,
  type OriginClientOptions,
  type OriginRequest,
} from './contract.ts'
import { Deadlines } from './deadlines.ts'
import { Exchange } from './exchange.ts'
import { faultOf, isBrokenOff } from './faults.ts'
import { admitForeign } from './foreign.ts'
import { Peers } from './peers.ts'
import { serverNameOf, TlsNames } from './tls-names.ts'

const CONNECT_TIMEOUT_MILLIS = 19_000
const HANDSHAKE_TIMEOUT_MILLIS = 2_500
const PATIENCE_MILLIS = 1_000
/** `fetch` ends a silence of five minutes by itself, unless it is told not to; longer time-outs must tell it. */
const FETCH_LIMIT_MILLIS = 240_000

type FetchOptions = BunFetchRequestInit & { timeout?: false }

/** A client with its own connections; `close` it when done. */
export function makeOriginClient(options: OriginClientOptions = {}): OriginClient {
  return new FetchClient(options)
}

class FetchClient implements OriginClient {
  // Directly to the origin, whatever HTTP_PROXY says: this is the origin's gateway, not a client behind one.
  readonly #session = new Bun.FetchSession({ proxy: false })
  readonly #fetch = this.#session.fetch
  readonly #tlsNames = new TlsNames()
  readonly #patience: Deadlines
  readonly #peers: Peers
  readonly #doubt = (exchange: Exchange): void => void this.#ask(exchange)

  constructor(options: OriginClientOptions) {
    const patience = options.patience ?? millis(PATIENCE_MILLIS)
    const connectTimeout = options.connectTimeout ?? millis(CONNECT_TIMEOUT_MILLIS)
    this.#patience = new Deadlines(patience)
    this.#peers = new Peers({
      connectTimeout: Math.max(1, connectTimeout - patience) as Millis,
      handshakeTimeout: options.handshakeTimeout ?? millis(HANDSHAKE_TIMEOUT_MILLIS),
    })
  }

  async send(request: OriginRequest): Promise<OriginAnswer> {
    if (request.signal?.aborted === true) throw new ClientGone()
    const { foreign } = request.address
    if (foreign === undefined) return this.#send(request)
    return this.#send({ ...request, address: await admitForeign(request.address, foreign.allowed) })
  }

  async #send(request: OriginRequest): Promise<OriginAnswer> {
    const peer = this.#peers.of(request.address)
    const exchange = new Exchange(request, peer, this.#doubt)
    this.#patience.join(exchange)
    if (request.readTimeout < this.#patience.span) exchange.limitSilence()
    try {
      const answer = await this.#fetch(request.address.base + request.target, this.#optionsOf(exchange))
      peer.heardAt = performance.now()
      if (!isFinal(answer.status)) throw await refuse(answer)
      return answer
    } catch (cause) {
      throw exchange.ownReason(cause) ?? (await this.#explain(exchange, cause))
    } finally {
      this.#patience.leave(exchange)
      exchange.settle()
    }
  }

  close(): void {
    this.#patience.close()
    this.#session.close()
  }

  #optionsOf({ request, body, signal }: Exchange): FetchOptions {
    const { address, method, headers, readTimeout } = request
    if (!headers.has('user-agent')) headers.set('user-agent', '')
    const options: FetchOptions = { method, headers, body, signal, redirect: 'manual', decompress: false }
    if (address.scheme === 'https') {
      options.tls = this.#tlsNames.optionsFor(serverNameOf(request), address.verifyTls === true)
    }
    if (readTimeout > FETCH_LIMIT_MILLIS) options.timeout = false
    return options
  }

  /** Silence: ends the exchange if its origin cannot be reached and nobody hears from it meanwhile. */
  async #ask(exchange: Exchange): Promise<void> {
    const { peer, since } = exchange
    const fault = await this.#peers.doubt(peer, this.#serverNameOf(exchange))
    if (fault !== undefined && peer.heardAt < since) exchange.fail(fault)
  }

  /** A TLS connection that broke off without a word may never have become one. */
  async #explain({ request, peer }: Exchange, cause: unknown): Promise<EdgeError> {
    if (request.address.scheme === 'https' && isBrokenOff(cause)) {
      const fault = await this.#peers.doubt(peer, this.#serverNameOf({ request }))
      if (fault?.code === 'origin-tls-failed') return fault
    }
    return faultOf(cause)
  }

  #serverNameOf({ request }: Pick<Exchange, 'request'>): string | undefined {
    return this.#tlsNames.optionsFor(serverNameOf(request), false).serverName
  }
}

async function refuse(answer: Response): Promise<EdgeError> {
  // Fail closed: the answer is refused, whatever becomes of its connection.
  await answer.body?.cancel().catch(() => undefined)
  return new EdgeError('origin-bad-response', `status ${answer.status} is no final answer`)
}
