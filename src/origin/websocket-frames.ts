// WebSocket frames, as a client writes and reads them.  RFC 6455 §5
//
//    0 1 2 3 4 5 6 7   8   9 … 15
//   +-+-+-+-+-------+---+---------+------------------------------+---------------------+---------+
//   |F|R S V|opcode | M | length  | extended length: 0, 2 or 8 B | masking key: 0, 4 B | payload |
//   +-+-+-+-+-------+---+---------+------------------------------+---------------------+---------+
//
// Pure: bytes in, events out.  No extension is ever negotiated, so a reserved bit is a violation.
//
// F1  After a close or a violation nothing more is read.
// F2  No message is longer than MAX_MESSAGE_BYTES; control frames come through between the fragments of one.

export type FrameEvent =
  | { readonly kind: 'message'; readonly data: string | Uint8Array<ArrayBuffer> }
  | { readonly kind: 'ping'; readonly data: Uint8Array<ArrayBuffer> }
  | { readonly kind: 'pong' }
  /** 1005 when the frame names no code.  §7.1.5 */
  | { readonly kind: 'close'; readonly code: number; readonly reason: string }
  /** The peer broke the protocol; `code` is what to close with.  §7.1.7 */
  | { readonly kind: 'violation'; readonly code: number; readonly reason: string }

export const OPCODES = { continuation: 0, text: 1, binary: 2, close: 8, ping: 9, pong: 10 } as const
type Opcode = (typeof OPCODES)[keyof typeof OPCODES]

/** What the runtime's own WebSocket server allows, which is the other end of every tunnel. */
export const MAX_MESSAGE_BYTES = 16 * 1024 * 1024

const FIN = 0x80
const RESERVED = 0x70
const MASKED = 0x80
const MAX_CONTROL_BYTES = 125
const NO_STATUS = 1005

/** One whole frame, masked with these four bytes.  §5.3 */
export function encodeFrame(opcode: Opcode, payload: Uint8Array, mask: Uint8Array): Uint8Array {
  const { length } = payload
  const extended = length < 126 ? 0 : length < 0x10000 ? 2 : 8
  const frame = new Uint8Array(2 + extended + 4 + length)
  const view = new DataView(frame.buffer)
  frame[0] = FIN | opcode
  frame[1] = MASKED | (extended === 0 ? length : extended === 2 ? 126 : 127)
  if (extended === 2) view.setUint16(2, length)
  if (extended === 8) view.setBigUint64(2, BigInt(length))
  frame.set(mask, 2 + extended)
  const start = 6 + extended
  for (let at = 0; at < length; at += 1) frame[start + at] = (payload[at] ?? 0) ^ (mask[at & 3] ?? 0)
  return frame
}

/** The payload of a close frame: empty for 1005, which is never sent.  A reason is cut to what fits.  §5.5.1 */
export function closePayload(code: number, reason: string): Uint8Array {
  if (code === NO_STATUS) return new Uint8Array(0)
  const payload = new Uint8Array(MAX_CONTROL_BYTES)
  new DataView(payload.buffer).setUint16(0, code)
  // Never in the middle of a character.
  const { written } = new TextEncoder().encodeInto(reason, payload.subarray(2))
  return payload.subarray(0, 2 + written)
}

/** Whether an endpoint may send this code: defined, or free for applications.  §7.4 */
export function isSendable(code: number): boolean {
  return (code >= 1000 && code <= 1014 && code !== 1004 && code !== 1005 && code !== 1006) || isApplicationCode(code)
}

function isApplicationCode(code: number): boolean {
  return code >= 3000 && code <= 4999
}

type Head = { readonly isFinal: boolean; readonly opcode: number; readonly length: number }
type Violation = Extract<FrameEvent, { kind: 'violation' }>

/** Reads what a server sends; feed it bytes as they come. */
export class FrameReader {
  #pieces: Uint8Array[] = []
  #waiting = 0
  #head: Head | undefined
  /** Of the message in the making. */
  #opcode: number = OPCODES.continuation
  #fragments: Uint8Array[] = []
  #length = 0
  #isOver = false

  /** What is complete with these bytes, in order. */
  read(bytes: Uint8Array): FrameEvent[] {
    const events: FrameEvent[] = []
    this.#pieces.push(bytes)
    this.#waiting += bytes.byteLength
    for (let event = this.#next(); event !== undefined && !this.#isOver; event = this.#next()) {
      if (event === 'fragment') continue
      events.push(event)
      this.#isOver = event.kind === 'close' || event.kind === 'violation'
    }
    return events
  }

  #next(): FrameEvent | 'fragment' | undefined {
    const head = this.#head ?? this.#readHead()
    if (head === undefined || 'kind' in head) return head
    this.#head = head
    if (this.#waiting < head.length) return undefined
    this.#head = undefined
    const payload = this.#take(head.length)
    return head.opcode >= OPCODES.close ? controlEvent(head.opcode, payload) : this.#assemble(head, payload)
  }

  #readHead(): Head | Violation | undefined {
    const [first, second] = this.#peek(2)
    if (first === undefined || second === undefined) return undefined
    const short = second & 0x7f
    const size = short === 126 ? 4 : short === 127 ? 10 : 2
    if (this.#waiting < size) return undefined
    const bytes = this.#take(size)
    const view = new DataView(bytes.buffer)
    const length = size === 2 ? short : size === 4 ? view.getUint16(2) : Number(view.getBigUint64(2))
    const head = { isFinal: (first & FIN) !== 0, opcode: first & 0x0f, length }
    return this.#violationOf(first, second, head) ?? head
  }

  #violationOf(first: number, second: number, head: Head): Violation | undefined {
    if ((first & RESERVED) !== 0) return violation(1002, 'reserved bits are set')
    if ((second & MASKED) !== 0) return violation(1002, 'a server does not mask')
    const isControl = head.opcode >= OPCODES.close
    const isKnown = isControl ? head.opcode <= OPCODES.pong : head.opcode <= OPCODES.binary
    if (!isKnown) return violation(1002, 'unknown opcode')
    if (isControl && !(head.isFinal && head.length <= MAX_CONTROL_BYTES)) return violation(1002, 'bad control frame')
    if (isControl) return undefined
    const isContinuation = head.opcode === OPCODES.continuation
    if (isContinuation !== (this.#opcode !== OPCODES.continuation)) return violation(1002, 'fragments out of order')
    if (this.#length + head.length > MAX_MESSAGE_BYTES) return violation(1009, 'message too big')
    return undefined
  }

  #assemble({ isFinal, opcode }: Head, payload: Uint8Array<ArrayBuffer>): FrameEvent | 'fragment' {
    if (opcode !== OPCODES.continuation) this.#opcode = opcode
    if (isFinal && this.#fragments.length === 0) return this.#complete(payload)
    this.#fragments.push(payload)
    this.#length += payload.byteLength
    return isFinal ? this.#complete(join(this.#fragments, this.#length)) : 'fragment'
  }

  #complete(payload: Uint8Array<ArrayBuffer>): FrameEvent {
    const isText = this.#opcode === OPCODES.text
    this.#opcode = OPCODES.continuation
    this.#fragments = []
    this.#length = 0
    if (!isText) return { kind: 'message', data: payload }
    const data = decodeText(payload)
    return data === undefined ? violation(1007, 'text is not UTF-8') : { kind: 'message', data }
  }

  /** Up to `length` bytes, which stay. */
  #peek(length: number): number[] {
    const bytes: number[] = []
    for (const piece of this.#pieces) {
      bytes.push(...piece.subarray(0, length - bytes.length))
      if (bytes.length === length) break
    }
    return bytes
  }

  /** Exactly `length` bytes, which must be there, in a buffer of their own. */
  #take(length: number): Uint8Array<ArrayBuffer> {
    const taken = new Uint8Array(length)
    let at = 0
    let used = 0
    while (at < length) {
      const piece = this.#pieces[used]?.subarray(0, length - at) ?? new Uint8Array(0)
      taken.set(piece, at)
      at += piece.byteLength
      const rest = this.#pieces[used]?.subarray(piece.byteLength)
      if (rest !== undefined && rest.byteLength > 0) this.#pieces[used] = rest
      else used += 1
    }
    if (used > 0) this.#pieces.splice(0, used)
    this.#waiting -= length
    return taken
  }
}

function controlEvent(opcode: number, payload: Uint8Array<ArrayBuffer>): FrameEvent {
  if (opcode === OPCODES.ping) return { kind: 'ping', data: payload }
  if (opcode === OPCODES.pong) return { kind: 'pong' }
  if (payload.byteLength === 0) return { kind: 'close', code: NO_STATUS, reason: '' }
  const code = payload.byteLength === 1 ? 0 : new DataView(payload.buffer).getUint16(0)
  const reason = decodeText(payload.subarray(2))
  return isSendable(code) && reason !== undefined ? { kind: 'close', code, reason } : violation(1002, 'bad close frame')
}

function violation(code: number, reason: string): Violation {
  return { kind: 'violation', code, reason }
}

function decodeText(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
  } catch {
    // Fail closed: the caller makes a violation of it.
    return undefined
  }
}

function join(pieces: readonly Uint8Array[], length: number): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(length)
  let at = 0
  for (const piece of pieces) {
    whole.set(piece, at)
    at += piece.byteLength
  }
  return whole
}
