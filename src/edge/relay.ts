// From a member to the keeper: a visitor's request that scripts are to answer, as it came, and the answer as it is to go out.
//
// The keeper takes the request from the beginning, as if the visitor had come to it, so that there is one way through the
// pipeline and not a second one in two halves.  What a member knows of the visitor goes along in one field.
//
// L1  The field of a visitor's own request is never believed: a member writes over it, and only the socket of members, in a
//     folder that nobody else may enter, is read for it.
// L2  The answer is final: no stage of the member touches it.

import { EdgeError } from '../base/index.ts'
import { connectionOptions, HOP_BY_HOP } from '../http/index.ts'
import { ClientGone } from '../origin/index.ts'
import type { Exchange, Scheme } from './exchange.ts'
import type { RelayedAnswer } from './response.ts'

/** What a member says of the visitor, as JSON. */
export const VISITOR_FIELD = 'varyant-visitor'

export type Visitor = Pick<Exchange, 'scheme' | 'peer' | 'peerPort' | 'ray'>

/** Sends a request, which may be none of the visitor's own, to the keeper. */
export interface Relay {
  readonly socket: string
  /** Rejects with an EdgeError when the keeper is gone, with ClientGone when the visitor is. */
  send(exchange: Exchange): Promise<RelayedAnswer>
}

/** The way to the keeper's socket. */
export function makeRelay(socket: string, fetch: RelayFetch): Relay {
  return {
    socket,
    send: async (exchange) => {
      const { clientRequest, method } = exchange
      try {
        const response = await fetch(keeperUrl(exchange), {
          ...{ unix: socket, method, headers: relayedFields(exchange), body: clientRequest.body },
          ...{ signal: clientRequest.signal, redirect: 'manual', decompress: false, timeout: false },
        })
        for (const name of ['connection', 'keep-alive', 'transfer-encoding']) response.headers.delete(name)
        return { kind: 'relayed', response: method === 'HEAD' ? headOf(response) : response }
      } catch (cause) {
        if (clientRequest.signal.aborted) throw new ClientGone({ cause })
        throw new EdgeError('worker-unavailable', 'the process that runs scripts is gone', { cause })
      }
    },
  }
}

export type RelayFetch = (url: string, init: BunFetchRequestInit & { readonly timeout: false }) => Promise<Response>

function keeperUrl({ clientRequest }: Exchange): string {
  const { url } = clientRequest
  return url.startsWith('https://') ? `http://${url.slice('https://'.length)}` : url
}

function headOf({ status, headers }: Response): Response {
  return new Response(null, { status, headers })
}

/** The visitor's fields, without those of its connection, and what is known of it. */
export function relayedFields({ clientRequest, scheme, peer, peerPort, ray }: Exchange): Headers {
  const headers = new Headers(clientRequest.headers)
  const connection = headers.get('connection')
  const ended = connection === null ? [] : [...connectionOptions(connection)]
  for (const name of [...ended, ...HOP_BY_HOP, 'expect']) headers.delete(name)
  // `fetch` writes its own where there is none.
  if (!headers.has('user-agent')) headers.set('user-agent', '')
  headers.set(VISITOR_FIELD, JSON.stringify({ scheme, peer, peerPort, ray } satisfies Visitor))
  return headers
}

/** What the field says, or undefined when no member wrote it. */
export function parseVisitor(text: string | null): Visitor | undefined {
  if (text === null) return undefined
  try {
    const said: unknown = JSON.parse(text)
    return isVisitor(said) ? said : undefined
  } catch {
    // Fail closed: whoever sends this is no member.
    return undefined
  }
}

const SCHEMES: ReadonlySet<unknown> = new Set<Scheme>(['http', 'https'])

function isVisitor(said: unknown): said is Visitor {
  if (typeof said !== 'object' || said === null) return false
  const { scheme, peer, peerPort, ray } = said as Readonly<Record<string, unknown>>
  const isPort = peerPort === undefined || typeof peerPort === 'number'
  return SCHEMES.has(scheme) && typeof peer === 'string' && isPort && typeof ray === 'string'
}
