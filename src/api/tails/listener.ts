// The listener of tails: one WebSocket for each, which carries traces to its client.
//
// Beside the API's own listener because that refuses frames without a mask, and wrangler sends one (docs/decisions/0092).
// It starts with the first tail and speaks nothing but the handshake; whoever has no secret of a tail gets 404.

import { createHash } from 'node:crypto'
import { createServer, type IncomingMessage, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Duplex } from 'node:stream'
import { makeFrame, OPCODES, readFrame } from './frames.ts'
import type { Tails } from './tails.ts'

export const TAIL_PROTOCOL = 'trace-v1'
export const TAIL_PATH = '/tail/'

/** RFC 6455 §1.3 */
const ACCEPT_SUFFIX = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11'
/** Of one frame from a client; what it has to say fits. */
const MAX_CLIENT_FRAME_BYTES = 4096
/** What may wait for a client that reads slowly; beyond it items are dropped. */
const MAX_WAITING_BYTES = 4 * 1024 * 1024
/** How long a client may take to answer a close. */
const CLOSE_WAIT_MILLIS = 2000
const NORMAL_CLOSURE = Uint8Array.from([0x03, 0xe8])

export interface TailListener {
  readonly port: number
  close(): void
}

/** Starts listening; rejects when the address cannot be had. */
export function listenForTails(tails: Tails, hostname: string, port: number): Promise<TailListener> {
  const server = createServer((_, response) => {
    response.writeHead(404, { 'content-type': 'text/plain', connection: 'close' })
    response.end('this is the listener of tails; start one with POST .../tails\n')
  })
  const sockets = new Set<Duplex>()
  server.on('upgrade', (request, socket, head) => {
    sockets.add(socket)
    socket.on('close', () => sockets.delete(socket))
    accept(tails, request, socket, head)
  })
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, hostname, () => resolve(listenerOf(server, sockets)))
  })
}

function listenerOf(server: Server, sockets: ReadonlySet<Duplex>): TailListener {
  return {
    port: (server.address() as AddressInfo).port,
    close: () => {
      server.close()
      for (const socket of sockets) socket.destroy()
    },
  }
}

function accept(tails: Tails, request: IncomingMessage, socket: Duplex, head: Uint8Array): void {
  // A client that goes away is nothing to report.
  socket.on('error', () => socket.destroy())
  // Half of a connection is none: a client that was killed sends no more than this.
  socket.on('end', () => socket.destroy())
  const { url = '', headers } = request
  const key = headers['sec-websocket-key']
  const protocols = (headers['sec-websocket-protocol'] ?? '').split(',').map((each) => each.trim())
  if (key === undefined || !protocols.includes(TAIL_PROTOCOL)) {
    refuse(socket, '400 Bad Request')
    return
  }
  const secret = url.startsWith(TAIL_PATH) ? url.slice(TAIL_PATH.length) : ''
  const gone = tails.connect(secret, {
    send: (text) => {
      if (socket.writableLength <= MAX_WAITING_BYTES) {
        socket.write(makeFrame(OPCODES.text, new TextEncoder().encode(text)))
      }
    },
    close: () => {
      socket.end(makeFrame(OPCODES.close, NORMAL_CLOSURE))
      setTimeout(() => socket.destroy(), CLOSE_WAIT_MILLIS).unref()
    },
  })
  if (gone === undefined) {
    refuse(socket, '404 Not Found')
    return
  }
  const accepted = createHash('sha1')
    .update(key + ACCEPT_SUFFIX)
    .digest('base64')
  socket.write(
    [
      'HTTP/1.1 101 Switching Protocols',
      'Upgrade: websocket',
      'Connection: Upgrade',
      `Sec-WebSocket-Accept: ${accepted}`,
      `Sec-WebSocket-Protocol: ${TAIL_PROTOCOL}`,
      '\r\n',
    ].join('\r\n'),
  )
  socket.on('close', gone)
  listen(socket, head, gone)
}

function refuse(socket: Duplex, status: string): void {
  socket.end(`HTTP/1.1 ${status}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n`)
}

/** Heeds what the client says: pings are answered, a close ends the tail, all else is of no use. */
function listen(socket: Duplex, head: Uint8Array, gone: () => void): void {
  let rest: Uint8Array = new Uint8Array()
  const take = (piece: Uint8Array): void => {
    rest = Buffer.concat([rest, piece])
    for (;;) {
      const reading = readFrame(rest, MAX_CLIENT_FRAME_BYTES)
      if (reading.kind === 'incomplete') return
      if (reading.kind === 'refused' || reading.frame.opcode === OPCODES.close) {
        gone()
        return
      }
      if (reading.frame.opcode === OPCODES.ping) socket.write(makeFrame(OPCODES.pong, reading.frame.payload))
      rest = rest.subarray(reading.length)
    }
  }
  if (head.length > 0) take(head)
  socket.on('data', take)
}
