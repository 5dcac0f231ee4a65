// WebSocket frames as the tail listener reads and writes them.  RFC 6455 §5.
//
// Written by hand because wrangler sends one frame that is not masked, which §5.1 lets a server refuse and every library
// does.  What clients say is of no use here but for closing and pinging, so payloads are bounded and never joined.
//
// Pure.

export const OPCODES = { continuation: 0x0, text: 0x1, binary: 0x2, close: 0x8, ping: 0x9, pong: 0xa } as const
export type Opcode = (typeof OPCODES)[keyof typeof OPCODES]

const FINAL = 0x80
const MASKED = 0x80
const TWO_BYTES = 126
const EIGHT_BYTES = 127
const MAX_SHORT_LENGTH = 0xffff
const MASK_LENGTH = 4

/** An unfragmented frame from the server, which masks nothing. */
export function makeFrame(opcode: Opcode, payload: Uint8Array): Uint8Array {
  const { length } = payload
  const head = length < TWO_BYTES ? 2 : length <= MAX_SHORT_LENGTH ? 4 : 10
  const frame = new Uint8Array(head + length)
  const view = new DataView(frame.buffer)
  frame[0] = FINAL | opcode
  if (head === 2) frame[1] = length
  else if (head === 4) {
    frame[1] = TWO_BYTES
    view.setUint16(2, length)
  } else {
    frame[1] = EIGHT_BYTES
    view.setBigUint64(2, BigInt(length))
  }
  frame.set(payload, head)
  return frame
}

export type ClientFrame = { readonly opcode: number; readonly payload: Uint8Array }

export type FrameReading =
  /** A whole frame, and how many bytes it took. */
  | { readonly kind: 'frame'; readonly frame: ClientFrame; readonly length: number }
  /** More bytes are to come. */
  | { readonly kind: 'incomplete' }
  /** What no client of a tail sends. */
  | { readonly kind: 'refused' }

/** The first frame of what a client sent, masked or not; one longer than `limit` is refused. */
export function readFrame(bytes: Uint8Array, limit: number): FrameReading {
  const [first, second] = bytes
  if (first === undefined || second === undefined) return { kind: 'incomplete' }
  const short = second & 0x7f
  // A control frame and a longer payload that a limit so small takes both fit into two bytes of length.
  if (short === EIGHT_BYTES) return { kind: 'refused' }
  const lengthBytes = short === TWO_BYTES ? 2 : 0
  if (bytes.length < 2 + lengthBytes) return { kind: 'incomplete' }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const length = lengthBytes === 2 ? view.getUint16(2) : short
  if (length > limit) return { kind: 'refused' }
  const maskBytes = (second & MASKED) === 0 ? 0 : MASK_LENGTH
  const start = 2 + lengthBytes + maskBytes
  if (bytes.length < start + length) return { kind: 'incomplete' }
  const mask = bytes.subarray(start - maskBytes, start)
  const payload = bytes.slice(start, start + length)
  if (maskBytes > 0) for (const [at, byte] of payload.entries()) payload[at] = byte ^ (mask[at % MASK_LENGTH] ?? 0)
  return { kind: 'frame', frame: { opcode: first & 0x0f, payload }, length: start + length }
}
