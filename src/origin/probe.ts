// Can an origin server be reached at all?  A connection of its own, and a TLS handshake where TLS is spoken, then closed.
//
// `fetch` does not tell a connection that never came about from an answer that never came.  This does, and is asked only
// when something is amiss.

import type { Socket } from 'node:net'
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

type Dial = (address: OriginAddress, serverName: string | undefined) => Socket

/** Never rejects. */
export async function probe(
  address: OriginAddress,
  serverName: string | undefined,
  limits: ProbeLimits,
): Promise<ProbeOutcome> {
  const { scheme } = address
  const dial = await loadDial(scheme)
  return new Promise((resolve) => {
    const socket = dial(address, serverName)
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

/** What makes the connection, loaded here: most days no origin server gives cause to. */
async function loadDial(scheme: OriginAddress['scheme']): Promise<Dial> {
  if (scheme === 'http') {
    const { connect } = await import('node:net')
    return ({ hostname: host, port }) => connect({ host, port })
  }
  const { connect } = await import('node:tls')
  return ({ hostname: host, port }, serverName) =>
    connect({ host, port, rejectUnauthorized: false, ...(serverName && { servername: serverName }) })
}
