// What the edge asks of this room, and what it gets: one request to an origin server, and the head of the answer.

import type { Millis } from '../base/index.ts'

/** A target of code that may be reached although its address is not public. */
export type AllowedTarget = {
  /** A name or an address; an IPv6 address has no brackets.  Lower case. */
  readonly hostname: string
  /** undefined: every port. */
  readonly port: number | undefined
}

/** Where an origin server listens. */
export type OriginAddress = {
  readonly scheme: 'http' | 'https'
  /** A name or an address; an IPv6 address has no brackets. */
  readonly hostname: string
  readonly port: number
  /** `scheme://hostname:port`, without a path; an IPv6 address has its brackets. */
  readonly base: string
  /** Must its certificate be valid for the Host?  Undefined: any certificate will do.  CF ssl/origin-configuration/ssl-modes */
  readonly verifyTls?: boolean
  /** The name to ask for and verify in the TLS handshake; undefined: the Host's. */
  readonly serverName?: string
  /** The path of a socket of this machine to connect to instead; for a process that the edge itself has started. */
  readonly unixSocket?: string | undefined
  /** Code chose it, not the operator: its addresses must be public, or among these.  See foreign.ts. */
  readonly foreign?: { readonly allowed: readonly AllowedTarget[] } | undefined
}

export type OriginRequest = {
  readonly address: OriginAddress
  readonly method: string
  /**
   * Begins with "/": path and query as the origin is to receive them.  A target that is normalised already arrives byte
   * for byte, but for two things: of several slashes at its beginning one arrives, and a `#fragment` is dropped
   * (docs/decisions/0030).
   */
  readonly target: string
  /** The complete fields, Host among them, hop-by-hop ones not.  A missing User-Agent is added, empty: see client.ts. */
  readonly headers: Headers
  /** Null when there is none.  Content of GET and HEAD is not sent (docs/decisions/0030). */
  readonly body: ReadableStream<Uint8Array> | null
  /** The longest silence before the response head; time in which the client owes us content does not count. */
  readonly readTimeout: Millis
  /** Ends the exchange, its answer's body too, when the client is gone. */
  readonly signal: AbortSignal | undefined
}

/** The head of a final response, and its body; null when the response cannot have one. */
export type OriginAnswer = {
  readonly status: number
  readonly statusText?: string
  readonly headers: Headers
  /** Errors, and never just ends, when the origin cuts its answer short. */
  readonly body: ReadableStream<Uint8Array> | null
}

export interface OriginClient {
  /**
   * Resolves at the response head.  Rejects with an EdgeError whose source is the origin, or with `ClientGone` when
   * `signal` aborted or the request's body broke off.
   */
  send(request: OriginRequest): Promise<OriginAnswer>
  /** Closes idle connections and stops all timers.  Exchanges under way go on, without their time-outs. */
  close(): void
}

export type OriginClientOptions = {
  /** The longest wait for a connection; 19 s when absent.  CF fundamentals/reference/connection-limits */
  readonly connectTimeout?: Millis
  /** The longest TLS handshake, once connected; 2.5 s when absent. */
  readonly handshakeTimeout?: Millis
  /** The silence after which it is tested whether the origin can be reached at all; 1 s when absent. */
  readonly patience?: Millis
}

/** The client left, or stopped in the middle of its content; nobody waits for an answer any more. */
export class ClientGone extends Error {
  constructor(options?: { readonly cause?: unknown }) {
    super('the client is gone', options)
    this.name = 'ClientGone'
  }
}
