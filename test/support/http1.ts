// HTTP/1.1 messages as a test sees them: exact field lines in, exact field lines out.  RFC 9112.
//
// Deliberately its own small reader, not the edge's: the two must not share a mistake.

import type { ByteStream } from './byte-stream.ts'

/** A field line as sent: case and order kept. */
export type FieldLine = readonly [name: string, value: string]

export type Head = {
  readonly startLine: string
  readonly fieldLines: readonly FieldLine[]
}

/** Header fields of one message, with look-up by name in any case. */
export class FieldLines {
  readonly lines: readonly FieldLine[]

  constructor(lines: readonly FieldLine[]) {
    this.lines = lines
  }

  /** The value of the field, several lines joined with ", "; undefined when there is none. */
  get(name: string): string | undefined {
    const values = this.all(name)
    return values.length === 0 ? undefined : values.join(', ')
  }

  /** The values of all lines of that name. */
  all(name: string): readonly string[] {
    const wanted = name.toLowerCase()
    return this.lines.filter(([lineName]) => lineName.toLowerCase() === wanted).map(([, value]) => value)
  }

  has(name: string): boolean {
    return this.all(name).length > 0
  }

  /** Distinct names, lower case, sorted. */
  names(): readonly string[] {
    return [...new Set(this.lines.map(([name]) => name.toLowerCase()))].sort()
  }
}

/** The next message's head; undefined when the peer ended before its first byte. */
export async function readHead(stream: ByteStream): Promise<Head | undefined> {
  let startLine = ''
  while (startLine === '') {
    const first = await stream.readSome(0)
    if (first === undefined) return undefined
    startLine = await stream.readLine()
  }
  const fieldLines: FieldLine[] = []
  for (;;) {
    const line = await stream.readLine()
    if (line === '') return { startLine, fieldLines }
    const colon = line.indexOf(':')
    fieldLines.push(colon < 0 ? [line, ''] : [line.slice(0, colon), line.slice(colon + 1).trim()])
  }
}

/** How the content of a message is delimited.  RFC 9112 §6.3 */
export type Framing =
  | { readonly kind: 'none' }
  | { readonly kind: 'length'; readonly length: number }
  | { readonly kind: 'chunked' }
  | { readonly kind: 'until-close' }

export function requestFraming(fields: FieldLines): Framing {
  if (/chunked\s*$/i.test(fields.get('transfer-encoding') ?? '')) return { kind: 'chunked' }
  const length = fields.all('content-length')[0]
  return length === undefined ? { kind: 'none' } : { kind: 'length', length: Number(length) }
}

export function responseFraming(method: string, status: number, fields: FieldLines): Framing {
  if (method === 'HEAD' || status < 200 || status === 204 || status === 304) return { kind: 'none' }
  if (/chunked\s*$/i.test(fields.get('transfer-encoding') ?? '')) return { kind: 'chunked' }
  const length = fields.all('content-length')[0]
  return length === undefined ? { kind: 'until-close' } : { kind: 'length', length: Number(length) }
}

/** The content in pieces as they arrive, without its framing.  Rejects when the peer ends before the content does. */
export async function* contentPieces(stream: ByteStream, framing: Framing): AsyncGenerator<Buffer, void, undefined> {
  switch (framing.kind) {
    case 'none':
      return
    case 'length':
      return yield* lengthPieces(stream, framing.length)
    case 'until-close':
      for (let piece = await stream.readSome(); piece !== undefined; piece = await stream.readSome()) yield piece
      return
    case 'chunked':
      return yield* chunkPieces(stream)
  }
}

async function* lengthPieces(stream: ByteStream, length: number): AsyncGenerator<Buffer, void, undefined> {
  let left = length
  while (left > 0) {
    const piece = (await stream.readSome(left)) ?? (await stream.readExactly(left))
    left -= piece.length
    yield piece
  }
}

async function* chunkPieces(stream: ByteStream): AsyncGenerator<Buffer, void, undefined> {
  for (;;) {
    const size = Number.parseInt(await stream.readLine(), 16)
    if (!(size > 0)) break
    yield* lengthPieces(stream, size)
    await stream.readLine()
  }
  while ((await stream.readLine()) !== '') {
    // Trailer fields: read past, no test asks for them.
  }
}

/** Bytes of a chunk; an empty one ends the content. */
export function encodeChunk(piece: Uint8Array): Buffer {
  return Buffer.concat([Buffer.from(`${piece.length.toString(16)}\r\n`), piece, Buffer.from('\r\n')])
}

/** Bytes of a head.  Latin-1, so that a test can send any octet. */
export function encodeHead(startLine: string, fieldLines: readonly FieldLine[]): Buffer {
  const lines = [startLine, ...fieldLines.map(([name, value]) => `${name}: ${value}`), '', '']
  return Buffer.from(lines.join('\r\n'), 'latin1')
}

export function toBytes(content: string | Uint8Array): Uint8Array {
  return typeof content === 'string' ? Buffer.from(content, 'utf8') : content
}
