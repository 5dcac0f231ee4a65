// Can an origin server be reached at all?  A connection of its own, and a TLS handshake where TLS is spoken, then closed.
//
// `fetch` does not tell a connection that never came about from an answer that never came.  This does, and is asked only
// when something is amiss.

import { connect as connectTcp, type Socket } from 'node:net'
import { connect as connectTls } from 'node:tls'
import type { Millis } from '../base/index.ts'
import type { OriginAddress } from './contract.ts'

export type ProbeOutcome =
  /** Connected, and shook hands if it speaks TLS. */
  | 'reachable'
  /** Nothing came back in time. */
  | 'connect-timeout'
  /** Refused, no route, no such name. */
  | 'connect-failed'
  /** Connected, but it said nothing to the handshake in time. */
  | 'handshake-timeout'
  /** Connected, but it broke off the handshake or spoke something else. */
  | 'handshake-failed'

export type ProbeLimits = {
  readonly connectTimeout: Millis
  readonly handshakeTimeout: Millis
}

/** Never rejects. */
export function probe(
  address: OriginAddress,
  serverName: string | undefined,
  limits: ProbeLimits,
): Promise<ProbeOutcome> {
  return new Promise((resolve) => {
    const { hostname: host, port, scheme } = address
    const socket: Socket =
      scheme === 'http'
        ? connectTcp({ host, port })
        : connectTls({ host, port, rejectUnauthorized: false, ...(serverName && { servername: serverName }) })
    let isConnected = false
    const end = (outcome: ProbeOutcome): void => {
      clearTimeout(timer)
      socket.destroy()
      resolve(outcome)
    }
    let timer = setTimeout(() => end('connect-timeout'), limits.connectTimeout)
    socket.once('connect', () => {
      isConnected = true
      if (scheme === 'http') return end('reachable')
      clearTimeout(timer)
      timer = setTimeout(() => end('handshake-timeout'), limits.handshakeTimeout)
    })
    socket.once('secureConnect', () => end('reachable'))
    // `end` may be called again when the socket is destroyed; the first outcome stands.
    socket.on('error', () => end(isConnected ? 'handshake-failed' : 'connect-failed'))
    socket.once('close', () => end(isConnected ? 'handshake-failed' : 'connect-failed'))
  })
}
