import { describe, expect, test } from 'bun:test'
import {
  closePayload,
  encodeFrame,
  type FrameEvent,
  FrameReader,
  isSendable,
  MAX_MESSAGE_BYTES,
} from './websocket-frames.ts'

const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text)

/** A frame as a server sends it: not masked. */
function frame(first: number, payload: Uint8Array | string = '', length = -1): Uint8Array {
  const bytes = typeof payload === 'string' ? utf8(payload) : payload
  const claimed = length < 0 ? bytes.byteLength : length
  const head =
    claimed < 126
      ? [claimed]
      : claimed < 65536
        ? [126, claimed >> 8, claimed & 255]
        : [127, 0, 0, 0, 0, ...be32(claimed)]
  return new Uint8Array([first, ...head, ...bytes])
}

function be32(n: number): number[] {
  return [(n >>> 24) & 255, (n >> 16) & 255, (n >> 8) & 255, n & 255]
}

function read(...pieces: readonly Uint8Array[]): FrameEvent[] {
  const reader = new FrameReader()
  return pieces.flatMap((piece) => reader.read(piece))
}

const VALID: readonly (readonly [string, readonly Uint8Array[], readonly FrameEvent[]])[] = [
  ['an unmasked text message (§5.7)', [frame(0x81, 'Hello')], [{ kind: 'message', data: 'Hello' }]],
  ['an empty one', [frame(0x81)], [{ kind: 'message', data: '' }]],
  ['a binary one', [frame(0x82, new Uint8Array([1, 2]))], [{ kind: 'message', data: new Uint8Array([1, 2]) }]],
  ['a fragmented one (§5.7)', [frame(0x01, 'Hel'), frame(0x80, 'lo')], [{ kind: 'message', data: 'Hello' }]],
  [
    'a ping between fragments, and a character cut by them',
    [frame(0x01, new Uint8Array([0xc3])), frame(0x89, '!'), frame(0x00), frame(0x80, new Uint8Array([0xbc]))],
    [
      { kind: 'ping', data: utf8('!') as Uint8Array<ArrayBuffer> },
      { kind: 'message', data: 'ü' },
    ],
  ],
  ['a pong', [frame(0x8a, 'x')], [{ kind: 'pong' }]],
  ['a close without a code', [frame(0x88)], [{ kind: 'close', code: 1005, reason: '' }]],
  [
    'a close with code and reason, behind which nothing is read',
    [frame(0x88, new Uint8Array([0x0f, 0xa1, 0x61])), frame(0x81, 'late')],
    [{ kind: 'close', code: 4001, reason: 'a' }],
  ],
  ['a length of two bytes', [frame(0x81, 'a'.repeat(300))], [{ kind: 'message', data: 'a'.repeat(300) }]],
  ['a length of eight bytes', [frame(0x81, 'a'.repeat(70_000))], [{ kind: 'message', data: 'a'.repeat(70_000) }]],
]

describe('reads', () => {
  test.each(VALID)('%s', (_, pieces, events) => {
    expect(read(...pieces)).toEqual([...events])
  })

  test.each(VALID)('%s, byte by byte', (_, pieces, events) => {
    const bytes = pieces.flatMap((piece) => [...piece])
    expect(read(...bytes.map((byte) => new Uint8Array([byte])))).toEqual([...events])
  })
})

describe('a violation is', () => {
  test.each([
    ['a reserved bit', [frame(0xc1, 'x')], 1002],
    ['a masked frame of a server', [new Uint8Array([0x81, 0x81, 0, 0, 0, 0, 0x61])], 1002],
    ['an unknown opcode', [frame(0x83, 'x')], 1002],
    ['an unknown control opcode', [frame(0x8b)], 1002],
    ['a fragmented control frame', [frame(0x09, 'x')], 1002],
    ['a control frame of more than 125 bytes', [frame(0x89, 'x'.repeat(126))], 1002],
    ['a continuation of nothing', [frame(0x80, 'x')], 1002],
    ['a message within another', [frame(0x01, 'x'), frame(0x81, 'x')], 1002],
    ['a close payload of one byte', [frame(0x88, 'x')], 1002],
    ['a close code that must not be sent', [frame(0x88, new Uint8Array([0x03, 0xed]))], 1002],
    ['a reason that is not UTF-8', [frame(0x88, new Uint8Array([0x03, 0xe8, 0xff]))], 1002],
    ['text that is not UTF-8', [frame(0x81, new Uint8Array([0xff]))], 1007],
    ['a message that is too long, before its content', [frame(0x82, '', MAX_MESSAGE_BYTES + 1)], 1009],
    ['fragments that are too long together', [frame(0x02, 'x'), frame(0x80, '', MAX_MESSAGE_BYTES)], 1009],
  ] as readonly (readonly [string, readonly Uint8Array[], number])[])('%s', (_, pieces, code) => {
    const events = read(...pieces)
    expect(events.map((event) => [event.kind, 'code' in event && event.code])).toEqual([['violation', code]])
  })

  test('at most that, whatever comes', () => {
    const bytes = new Uint8Array(64)
    for (let i = 0; i < 20_000; i += 1) {
      crypto.getRandomValues(bytes)
      bytes[0] = [0x81, 0x82, 0x88, 0x01, 0x80, 0x89][i % 6] ?? 0
      bytes[1] = (bytes[1] ?? 0) & 0x3f
      expect(() => read(bytes.subarray(0, 20), bytes.subarray(20))).not.toThrow()
    }
  })
})

describe('writes', () => {
  test('a masked text message (§5.7)', () => {
    const mask = new Uint8Array([0x37, 0xfa, 0x21, 0x3d])
    const expected = [0x81, 0x85, 0x37, 0xfa, 0x21, 0x3d, 0x7f, 0x9f, 0x4d, 0x51, 0x58]
    expect([...encodeFrame(1, utf8('Hello'), mask)]).toEqual(expected)
  })

  test.each([
    [125, [125]],
    [126, [126, 0, 126]],
    [65_535, [126, 255, 255]],
    [65_536, [127, 0, 0, 0, 0, 0, 1, 0, 0]],
  ] as readonly (readonly [number, readonly number[]])[])('a length of %d', (length, expected) => {
    const bytes = encodeFrame(2, new Uint8Array(length), new Uint8Array(4))
    expect([(bytes[1] ?? 0) & 0x7f, ...bytes.subarray(2, 1 + expected.length)]).toEqual([...expected])
    expect(bytes.byteLength).toBe(1 + expected.length + 4 + length)
  })

  test('a close without 1005, and its reason cut between characters', () => {
    expect([...closePayload(1005, 'x')]).toEqual([])
    expect([...closePayload(1000, 'a')]).toEqual([0x03, 0xe8, 0x61])
    expect(closePayload(1000, `${'a'.repeat(122)}ü`).byteLength).toBe(124)
  })

  test.each([
    [1000, true],
    [1004, false],
    [1005, false],
    [1006, false],
    [1011, true],
    [1015, false],
    [2999, false],
    [3000, true],
    [4999, true],
    [5000, false],
  ])('close code %d: %p', (code, expected) => {
    expect(isSendable(code)).toBe(expected)
  })
})
