// Asks an origin server for a WebSocket connection, and learns its answer, whatever it is.  RFC 6455 §4.1
//
// Not by the runtime's WebSocket client, which hides the answer of an origin that refuses, nor by `fetch`, which cannot send
// after a 101: by `node:http`, whose 'upgrade' hands over the connection (docs/decisions/0031).  websocket.ts loads this file.

import { createHash, randomBytes } from 'node:crypto'
import { type ClientRequest, type IncomingMessage, request as requestHttp } from 'node:http'
import { request as requestHttps } from 'node:https'
import type { Socket } from 'node:net'
import { Readable } from 'node:stream'
import { EdgeError, type FaultCode, type Millis } from '../base/index.ts'
import { listMembers } from '../http/index.ts'
import { ClientGone, type OriginAnswer } from './contract.ts'
import { faultOf } from './faults.ts'
import { serverNameOf, TlsNames } from './tls-names.ts'
import type { WebSocketHandshake, WebSocketOptions, WebSocketRequest } from './websocket-contract.ts'
import { makeOriginSocket } from './websocket-socket.ts'

/** Made fresh for this connection, or not offered: extensions end at the edge. */
const OWN_FIELDS = [
  'connection',
  'upgrade',
  'sec-websocket-key',
  'sec-websocket-version',
  'sec-websocket-accept',
  'sec-websocket-extensions',
] as const
/** RFC 6455 §1.3 */
const ACCEPT_SUFFIX = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11'

const tlsNames = new TlsNames()

/** Rejects as `OriginClient.send` does; the address has been judged. */
export function shakeHands(request: WebSocketRequest, options: WebSocketOptions): Promise<WebSocketHandshake> {
  const { signal } = request
  if (signal?.aborted === true) return Promise.reject(new ClientGone())
  const key = randomBytes(16).toString('base64')
  const { promise, resolve, reject } = Promise.withResolvers<WebSocketHandshake>()
  const originRequest = open(request, key)
  const fail = (fault: EdgeError | ClientGone): void => {
    reject(fault)
    originRequest.destroy()
  }
  const leave = (): void => fail(new ClientGone())
  signal?.addEventListener('abort', leave)
  const stopTimer = limitSilence(originRequest, request, options, (code) => fail(new EdgeError(code)))
  originRequest.on('error', (cause) => reject(faultOf(cause)))
  originRequest.on('response', (message) => resolve({ kind: 'refused', answer: answerOf(message) }))
  originRequest.on('upgrade', (message, socket: Socket, head: Uint8Array) => {
    const protocol = message.headers['sec-websocket-protocol'] ?? ''
    const problem = problemOf(message, key, protocol, request.headers.get('sec-websocket-protocol'))
    if (problem === undefined) return resolve({ kind: 'open', socket: makeOriginSocket(socket, head, protocol) })
    socket.destroy()
    reject(new EdgeError('origin-bad-response', problem))
  })
  originRequest.end()
  return promise.finally(() => {
    stopTimer()
    signal?.removeEventListener('abort', leave)
  })
}

function open({ address, target, headers }: WebSocketRequest, key: string): ClientRequest {
  const { hostname: host, port, scheme } = address
  const common = {
    host,
    port,
    path: target,
    method: 'GET',
    headers: handshakeFields(headers, key),
    agent: false,
  } as const
  if (address.unixSocket !== undefined) return requestHttp({ ...common, socketPath: address.unixSocket })
  if (scheme === 'http') return requestHttp(common)
  const { rejectUnauthorized, serverName } = tlsNames.optionsFor(
    serverNameOf({ address, headers }),
    address.verifyTls === true,
  )
  return requestHttps({ ...common, rejectUnauthorized, ...(serverName !== undefined && { servername: serverName }) })
}

function handshakeFields(clientFields: Headers, key: string): Record<string, string> {
  const fields = new Headers(clientFields)
  for (const name of OWN_FIELDS) fields.delete(name)
  return {
    ...Object.fromEntries(fields),
    Connection: 'Upgrade',
    Upgrade: 'websocket',
    'Sec-WebSocket-Version': '13',
    'Sec-WebSocket-Key': key,
  }
}

/** One timer that is set anew as the connection gets on: connected, encrypted, answered. */
function limitSilence(
  originRequest: ClientRequest,
  { address, timeout }: WebSocketRequest,
  { connectTimeout, handshakeTimeout }: WebSocketOptions,
  fail: (code: FaultCode) => void,
): () => void {
  let timer = setTimeout(() => fail('origin-connect-timeout'), connectTimeout)
  const wait = (span: Millis, code: FaultCode): void => {
    clearTimeout(timer)
    timer = setTimeout(() => fail(code), span)
  }
  originRequest.on('socket', (socket: Socket) => {
    socket.once('connect', () => {
      if (address.scheme === 'http') wait(timeout, 'origin-read-timeout')
      else wait(handshakeTimeout, 'origin-tls-failed')
    })
    socket.once('secureConnect', () => wait(timeout, 'origin-read-timeout'))
  })
  return () => clearTimeout(timer)
}

/** What is wrong with a 101, if anything.  RFC 6455 §4.1 */
function problemOf(
  { headers }: IncomingMessage,
  key: string,
  protocol: string,
  offered: string | null,
): string | undefined {
  if (headers.upgrade?.toLowerCase() !== 'websocket') return 'it switched to another protocol than WebSocket'
  const accept = createHash('sha1')
    .update(key + ACCEPT_SUFFIX)
    .digest('base64')
  if (headers['sec-websocket-accept'] !== accept) return 'Sec-WebSocket-Accept does not match'
  if (headers['sec-websocket-extensions'] !== undefined) return 'it uses an extension that nobody offered'
  if (protocol !== '' && !listMembers(offered ?? '').includes(protocol)) return 'it chose a subprotocol nobody offered'
  return undefined
}

function answerOf(message: IncomingMessage): OriginAnswer {
  const headers = new Headers()
  const { rawHeaders, statusCode, statusMessage } = message
  for (let at = 0; at + 1 < rawHeaders.length; at += 2) headers.append(rawHeaders[at] ?? '', rawHeaders[at + 1] ?? '')
  const body = Readable.toWeb(message) as ReadableStream<Uint8Array>
  return { status: statusCode ?? 0, statusText: statusMessage ?? '', headers, body }
}
