// Between the browser and the edge: hands every message on as it is, and keeps what was asked and answered.
//
//   Chromium ──► relay ──► edge          so that the very answers which the browser judged can be judged again

import { connect, createServer, type Socket } from 'node:net'
import { ByteStream } from '../support/byte-stream.ts'
import {
  contentPieces,
  encodeChunk,
  encodeHead,
  FieldLines,
  readHead,
  requestFraming,
  responseFraming,
} from '../support/http1.ts'

export type Relayed = {
  readonly method: string
  /** With scheme and host. */
  readonly url: string
  readonly origin: string | undefined
  readonly status: number
  /** Lower-case names. */
  readonly fields: readonly (readonly [name: string, value: string])[]
}

/** The status of a message to which the edge closed the connection. */
export const NO_ANSWER = 0

export type Relay = {
  readonly port: number
  /** Everything relayed so far, in order. */
  readonly relayed: Relayed[]
  close(): Promise<void>
}

/** Relays to the server at this port of 127.0.0.1, at a port of its own on every loopback address that browsers try. */
export async function startRelay(target: number): Promise<Relay> {
  const relayed: Relayed[] = []
  const sockets = new Set<Socket>()
  const server = createServer((client) => {
    const upstream = connect({ port: target, host: '127.0.0.1' })
    for (const socket of [client, upstream]) {
      sockets.add(socket)
      socket.setNoDelay(true)
      socket.on('close', () => sockets.delete(socket))
    }
    void relayAll(client, upstream, relayed)
      .catch(() => undefined)
      .finally(() => {
        client.end()
        upstream.end()
      })
  })
  await new Promise<void>((resolve) => server.listen({ port: 0, host: '127.0.0.1' }, resolve))
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('the relay does not listen')
  return {
    port: address.port,
    relayed,
    close: async () => {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()))
      for (const socket of sockets) socket.destroy()
      await closed
    },
  }
}

async function relayAll(client: Socket, upstream: Socket, relayed: Relayed[]): Promise<void> {
  const [asks, answers] = [new ByteStream(client), new ByteStream(upstream)]
  while (await relayOne({ asks, answers, client, upstream }, relayed)) {
    // The connection persists.
  }
}

type Ends = {
  readonly asks: ByteStream
  readonly answers: ByteStream
  readonly client: Socket
  readonly upstream: Socket
}

async function relayOne({ asks, answers, client, upstream }: Ends, relayed: Relayed[]): Promise<boolean> {
  const head = await readHead(asks)
  if (head === undefined) return false
  const asked = new FieldLines(head.fieldLines)
  upstream.write(encodeHead(head.startLine, head.fieldLines))
  await pass(asks, upstream, requestFraming(asked))
  const answerHead = await readHead(answers)
  const [method = '', target = ''] = head.startLine.split(' ')
  const url = `http://${asked.get('host') ?? ''}${target}`
  const origin = asked.get('origin')
  if (answerHead === undefined) {
    relayed.push({ method, url, origin, status: NO_ANSWER, fields: [] })
    return false
  }
  const status = Number(answerHead.startLine.split(' ')[1])
  const fields = new FieldLines(answerHead.fieldLines)
  relayed.push({
    ...{ method, url, origin, status },
    fields: fields.lines.map(([name, value]) => [name.toLowerCase(), value] as const),
  })
  client.write(encodeHead(answerHead.startLine, answerHead.fieldLines))
  const framing = responseFraming(method, status, fields)
  await pass(answers, client, framing)
  return framing.kind !== 'until-close'
}

async function pass(from: ByteStream, to: Socket, framing: ReturnType<typeof requestFraming>): Promise<void> {
  const isChunked = framing.kind === 'chunked'
  for await (const piece of contentPieces(from, framing)) to.write(isChunked ? encodeChunk(piece) : piece)
  if (isChunked) to.write(encodeChunk(new Uint8Array()))
}
