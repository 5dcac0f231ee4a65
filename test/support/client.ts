// A raw HTTP/1.1 client: sends exactly what a test says, tells exactly what came back.
//
//   const answer = await get(edge.url + '/a.css', { fields: [['Origin', 'https://a.example']] })
//   const connection = await connect(edge.url)
//   connection.write('GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n')
//   const answer = await connection.readResponse()

import { connect as connectTcp, type Socket } from 'node:net'
import { connect as connectTls } from 'node:tls'
import { ByteStream, ClosedEarlyError } from './byte-stream.ts'
import {
  contentPieces,
  encodeHead,
  type FieldLine,
  FieldLines,
  type Head,
  readHead,
  responseFraming,
  toBytes,
} from './http1.ts'

export type InterimResponse = { readonly status: number; readonly fields: FieldLines }

/** A response whose head has arrived. */
export class ResponseHead {
  readonly status: number
  readonly reason: string
  readonly version: string
  readonly fields: FieldLines
  /** The 1xx responses before it. */
  readonly interim: readonly InterimResponse[]

  constructor(head: Head, interim: readonly InterimResponse[]) {
    const [version = '', status = '', ...reason] = head.startLine.split(' ')
    this.version = version
    this.status = Number(status)
    this.reason = reason.join(' ')
    this.fields = new FieldLines(head.fieldLines)
    this.interim = interim
  }

  /** A field's value, or undefined. */
  field(name: string): string | undefined {
    return this.fields.get(name)
  }

  /** CF-Cache-Status. */
  get cacheStatus(): string | undefined {
    return this.field('cf-cache-status')
  }

  /** Age as a number, or undefined. */
  get age(): number | undefined {
    const age = this.field('age')
    return age === undefined ? undefined : Number(age)
  }
}

/** A response read to its end. */
export class ClientResponse extends ResponseHead {
  readonly body: Uint8Array
  /** The connection ended before the content did. */
  readonly truncated: boolean

  constructor(head: Head, interim: readonly InterimResponse[], body: Uint8Array, truncated: boolean) {
    super(head, interim)
    this.body = body
    this.truncated = truncated
  }

  get text(): string {
    return Buffer.from(this.body).toString('utf8')
  }

  get json(): unknown {
    return JSON.parse(this.text)
  }
}

/** One connection to a server. */
export class Connection {
  readonly #socket: Socket
  readonly stream: ByteStream

  constructor(socket: Socket) {
    this.#socket = socket
    this.stream = new ByteStream(socket)
  }

  /** Resolves when the connection is gone. */
  get closed(): Promise<void> {
    return this.stream.closed
  }

  /** Sends these very bytes; resolves when the operating system took them. */
  write(data: string | Uint8Array): Promise<void> {
    const bytes = typeof data === 'string' ? Buffer.from(data, 'latin1') : data
    return new Promise((resolve) => {
      if (this.#socket.destroyed) resolve()
      else this.#socket.write(bytes, () => resolve())
    })
  }

  /** Sends a request; Host is added when the fields have none. */
  request(
    method: string,
    target: string,
    host: string,
    fields: readonly FieldLine[] = [],
    body?: string | Uint8Array,
  ): Promise<void> {
    return this.write(encodeRequest(method, target, host, fields, body))
  }

  /** The head of the next final response; undefined when the server closed without one. */
  async readResponseHead(): Promise<{ readonly head: Head; readonly response: ResponseHead } | undefined> {
    const interim: InterimResponse[] = []
    for (let head = await readHead(this.stream); head !== undefined; head = await readHead(this.stream)) {
      const response = new ResponseHead(head, interim)
      if (response.status >= 200 || response.status === 101) return { head, response }
      interim.push({ status: response.status, fields: response.fields })
    }
    return undefined
  }

  /** The content that follows a head, in pieces as they arrive. */
  pieces(method: string, response: ResponseHead): AsyncIterable<Uint8Array> {
    return contentPieces(this.stream, responseFraming(method, response.status, response.fields))
  }

  /** The next final response, to its end; undefined when the server closed without one. */
  async readResponse(method = 'GET'): Promise<ClientResponse | undefined> {
    const found = await this.readResponseHead()
    if (found === undefined) return undefined
    const pieces: Uint8Array[] = []
    let truncated = false
    try {
      for await (const piece of this.pieces(method, found.response)) pieces.push(piece)
    } catch (error) {
      if (!(error instanceof ClosedEarlyError)) throw error
      pieces.push(error.partial)
      truncated = true
    }
    return new ClientResponse(found.head, found.response.interim, Buffer.concat(pieces), truncated)
  }

  /** Sends the end of our side; the answer may still come. */
  halfClose(): void {
    this.#socket.end()
  }

  /** Leaves at once, whatever is under way. */
  abort(): void {
    this.#socket.destroy()
  }

  [Symbol.dispose](): void {
    this.abort()
  }
}

/** Opens a connection to the server of a URL; certificates are not checked. */
export function connect(url: string): Promise<Connection> {
  const { protocol, hostname, port } = new URL(url)
  return new Promise((resolve, reject) => {
    const socket =
      protocol === 'https:'
        ? connectTls({ host: hostname, port: Number(port), servername: 'localhost', rejectUnauthorized: false })
        : connectTcp({ host: hostname, port: Number(port) })
    socket.once('error', reject)
    socket.once(protocol === 'https:' ? 'secureConnect' : 'connect', () => {
      socket.off('error', reject)
      socket.setNoDelay(true)
      resolve(new Connection(socket))
    })
  })
}

export type RequestOptions = {
  readonly method?: string
  readonly fields?: readonly FieldLine[]
  readonly body?: string | Uint8Array
}

/** One request on its own connection, the response read to its end.  The fields are sent as given. */
export async function request(url: string, options: RequestOptions = {}): Promise<ClientResponse> {
  const { pathname, search, host } = new URL(url)
  const method = options.method ?? 'GET'
  using connection = await connect(url)
  await connection.request(method, `${pathname}${search}`, host, options.fields, options.body)
  const response = await connection.readResponse(method)
  if (response === undefined) throw new Error(`${method} ${url}: the server closed without an answer`)
  return response
}

/** GET on its own connection. */
export function get(url: string, fields: readonly FieldLine[] = []): Promise<ClientResponse> {
  return request(url, { fields })
}

/** These very bytes on their own connection; the first response, or undefined when the server closed without one. */
export async function sendRaw(
  url: string,
  data: string | Uint8Array,
  method = 'GET',
): Promise<ClientResponse | undefined> {
  using connection = await connect(url)
  await connection.write(data)
  return await connection.readResponse(method)
}

function encodeRequest(
  method: string,
  target: string,
  host: string,
  fields: readonly FieldLine[],
  body?: string | Uint8Array,
): Uint8Array {
  const given = new FieldLines(fields)
  const lines: FieldLine[] = given.has('host') ? [...fields] : [['Host', host], ...fields]
  if (body === undefined) return encodeHead(`${method} ${target} HTTP/1.1`, lines)
  const bytes = toBytes(body)
  if (!given.has('content-length') && !given.has('transfer-encoding'))
    lines.push(['Content-Length', String(bytes.length)])
  return Buffer.concat([encodeHead(`${method} ${target} HTTP/1.1`, lines), bytes])
}
