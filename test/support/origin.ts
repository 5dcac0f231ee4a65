// A scripted origin server: real sockets, every byte under the test's control.
//
//   const origin = await startOrigin()
//   origin.on('/a.css', { fields: [['Cache-Control', 'max-age=60']], body: 'a' })
//   origin.on('/b', (request, response) => response.raw('HTTP/1.1 200 OK\r\nbroken'))
//   const gate = origin.hold('/a.css')        // requests wait, recorded, until gate.release()
//
// I1  Each request is in `requests` before its script runs; `waitForRequests` makes sleeping unnecessary.
// I2  An answer is sent as scripted: fields in order and case, nothing added but Content-Length (unless the script frames
//     the content itself) and Date (when the origin was given a clock).

import { createServer, type Server, type Socket } from 'node:net'
import { createServer as createTlsServer } from 'node:tls'
import type { Clock } from '../../src/base/index.ts'
import { ByteStream } from './byte-stream.ts'
import { Tally } from './gate.ts'
import { contentPieces, FieldLines, readHead, requestFraming } from './http1.ts'
import { type Answer, OriginResponse } from './origin-response.ts'
import type { Certificate } from './self-signed.ts'

/** One request as the origin received it. */
export class RecordedRequest {
  readonly method: string
  /** As received: origin-form, absolute-form or anything else. */
  readonly target: string
  readonly version: string
  readonly fields: FieldLines
  /** Which connection it came on, counted from 0. */
  readonly connection: number
  /** The content; empty until it was read. */
  body: Uint8Array = new Uint8Array()
  /** Resolves when the connection it came on is gone. */
  readonly gone: Promise<void>
  /** Reads the content; for scripts that run at the head. */
  readonly readBody: () => Promise<Uint8Array>
  /** The content in pieces, at the script's pace; for scripts that run at the head. */
  readonly pieces: () => AsyncIterable<Uint8Array>

  constructor(startLine: string, fields: FieldLines, connection: number, stream: ByteStream) {
    const [method = '', target = '', version = ''] = startLine.split(' ')
    this.method = method
    this.target = target
    this.version = version
    this.fields = fields
    this.connection = connection
    this.gone = stream.closed
    this.pieces = () => contentPieces(stream, requestFraming(fields))
    this.readBody = async () => {
      const pieces: Uint8Array[] = []
      for await (const piece of this.pieces()) pieces.push(piece)
      this.body = Buffer.concat(pieces)
      return this.body
    }
  }

  /** The target without its query. */
  get path(): string {
    return this.target.replace(/^[a-z]+:\/\/[^/?]*/i, '').replace(/\?.*$/s, '')
  }

  /** A field's value, or undefined. */
  field(name: string): string | undefined {
    return this.fields.get(name)
  }
}

export type Script = (
  request: RecordedRequest,
  response: OriginResponse,
) => Answer | undefined | Promise<Answer | undefined> | Promise<void>

/** What an origin does: an answer, answers in turn (the last one repeats), or a function. */
export type Scripted = Answer | readonly Answer[] | Script

/** A path ("/a"; any query), a target ("/a?b=1"), "*", or a predicate. */
export type Matcher = string | ((request: RecordedRequest) => boolean)

export type Hold = {
  /** Resolves when `count` requests have arrived at the gate. */
  arrived(count?: number): Promise<void>
  /** Lets everyone through, now and later. */
  release(): void
}

type Rule = {
  readonly matches: (request: RecordedRequest) => boolean
  readonly script: Script
  readonly at: 'head' | 'body'
}
type Holding = {
  readonly matches: (request: RecordedRequest) => boolean
  readonly pass: (request: RecordedRequest) => Promise<void>
}

export type OriginOptions = {
  /** Adds a Date field to answers that have none. */
  readonly clock?: Clock
  readonly port?: number
  /** Speaks TLS with this certificate. */
  readonly tls?: Certificate
}

export class Origin {
  readonly requests: RecordedRequest[] = []
  readonly #server: Server
  readonly #clock: Clock | undefined
  readonly #scheme: 'http' | 'https'
  readonly #sockets = new Set<Socket>()
  readonly #arrivals = new Tally()
  #rules: Rule[] = []
  #holds: Holding[] = []
  #connections = 0

  constructor(server: Server, options: OriginOptions) {
    this.#server = server
    this.#clock = options.clock
    this.#scheme = options.tls === undefined ? 'http' : 'https'
    server.on(options.tls === undefined ? 'connection' : 'secureConnection', (socket: Socket) => {
      void this.#serve(socket).catch(() => socket.destroy())
    })
  }

  get port(): number {
    const address = this.#server.address()
    if (address === null || typeof address === 'string') throw new Error('the origin is not listening')
    return address.port
  }

  get url(): string {
    return `${this.#scheme}://127.0.0.1:${this.port}`
  }

  /** How many connections were accepted so far. */
  get connections(): number {
    return this.#connections
  }

  /** Scripts what matches; a later script goes before an earlier one. */
  on(matcher: Matcher, scripted: Scripted, options: { readonly at?: 'head' | 'body' } = {}): this {
    this.#rules.unshift({ matches: toPredicate(matcher), script: toScript(scripted), at: options.at ?? 'body' })
    return this
  }

  /** Makes requests that match wait, after they were recorded and before their script runs. */
  hold(matcher: Matcher): Hold {
    const arrivals = new Tally()
    let open: () => void = () => undefined
    const released = new Promise<void>((resolve) => {
      open = resolve
    })
    const holding: Holding = {
      matches: toPredicate(matcher),
      pass: () => {
        arrivals.add()
        return released
      },
    }
    this.#holds.push(holding)
    const release = (): void => {
      this.#holds = this.#holds.filter((other) => other !== holding)
      open()
    }
    return { arrived: (count = 1) => arrivals.reaches(count), release }
  }

  /** Requests recorded so far, for a path or target, or all of them. */
  seen(matcher: Matcher = '*'): readonly RecordedRequest[] {
    return this.requests.filter(toPredicate(matcher))
  }

  /** Resolves when at least `count` requests were recorded in all. */
  waitForRequests(count: number): Promise<void> {
    return this.#arrivals.reaches(count)
  }

  /** Drops every open connection, idle ones too. */
  dropConnections(): void {
    for (const socket of this.#sockets) socket.destroy()
  }

  /** Stops listening and drops every connection: the next connection attempt is refused. */
  async close(): Promise<void> {
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()))
    this.dropConnections()
    await closed
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }

  async #serve(socket: Socket): Promise<void> {
    const connection = this.#connections
    this.#connections += 1
    this.#sockets.add(socket)
    socket.on('close', () => this.#sockets.delete(socket))
    socket.setNoDelay(true)
    const stream = new ByteStream(socket)
    while (await this.#serveOne(socket, stream, connection)) {
      // The connection persists.
    }
    socket.end()
  }

  async #serveOne(socket: Socket, stream: ByteStream, connection: number): Promise<boolean> {
    const head = await readHead(stream)
    if (head === undefined) return false
    const request = new RecordedRequest(head.startLine, new FieldLines(head.fieldLines), connection, stream)
    const response = new OriginResponse(socket, stream, request.method, this.#clock)
    const rule = this.#rules.find(({ matches }) => matches(request))
    if (rule?.at !== 'head') {
      if (request.field('expect')?.toLowerCase() === '100-continue') await response.interim(100)
      await request.readBody()
    }
    this.requests.push(request)
    this.#arrivals.add()
    for (const holding of this.#holds.filter(({ matches }) => matches(request))) await holding.pass(request)
    const answer = await (rule?.script ?? unscripted)(request, response)
    if (answer !== undefined) await response.send(answer)
    await response.finished
    return response.persists && request.field('connection')?.toLowerCase() !== 'close' && !stream.ended
  }
}

/** Starts a scripted origin on a free port of 127.0.0.1. */
export async function startOrigin(options: OriginOptions = {}): Promise<Origin> {
  const server =
    options.tls === undefined
      ? createServer({ allowHalfOpen: true })
      : createTlsServer({ ...options.tls, allowHalfOpen: true, ALPNProtocols: ['http/1.1'] })
  const origin = new Origin(server, options)
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen({ port: options.port ?? 0, host: '127.0.0.1', backlog: 4096 }, resolve)
  })
  return origin
}

const unscripted: Script = (request) => ({
  status: 599,
  fields: [['Cache-Control', 'no-store']],
  body: `no script for ${request.method} ${request.target}`,
})

function toPredicate(matcher: Matcher): (request: RecordedRequest) => boolean {
  if (typeof matcher === 'function') return matcher
  if (matcher === '*') return () => true
  if (matcher.includes('?')) return (request) => request.target === matcher
  return (request) => request.path === matcher
}

function toScript(scripted: Scripted): Script {
  if (typeof scripted === 'function') return scripted
  if (!isSequence(scripted)) return () => scripted
  let turn = 0
  return () => {
    const answer = scripted[Math.min(turn, scripted.length - 1)]
    turn += 1
    return answer
  }
}

function isSequence(scripted: Answer | readonly Answer[]): scripted is readonly Answer[] {
  return Array.isArray(scripted)
}
