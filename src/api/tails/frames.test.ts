import { describe, expect, test } from 'bun:test'
import { makeFrame, OPCODES, readFrame } from './frames.ts'

const LIMIT = 1000
const bytesOf = (...bytes: number[]): Uint8Array => Uint8Array.from(bytes)
const text = (length: number): Uint8Array => new TextEncoder().encode('x'.repeat(length))

describe('a frame from the server', () => {
  test.each([
    [0, [0x81, 0]],
    [125, [0x81, 125]],
    [126, [0x81, 126, 0, 126]],
    [65_535, [0x81, 126, 0xff, 0xff]],
    [65_536, [0x81, 127, 0, 0, 0, 0, 0, 1, 0, 0]],
  ])('with %d bytes has its length in the head', (length, head) => {
    const frame = makeFrame(OPCODES.text, text(length))
    expect([...frame.subarray(0, head.length)]).toEqual(head)
    expect(frame.length).toBe(head.length + length)
  })
})

describe('a frame from a client', () => {
  // RFC 6455 §5.7 has these two.
  const hello = new TextEncoder().encode('Hello')
  test.each([
    ['unmasked', bytesOf(0x81, 0x05, 0x48, 0x65, 0x6c, 0x6c, 0x6f)],
    ['masked', bytesOf(0x81, 0x85, 0x37, 0xfa, 0x21, 0x3d, 0x7f, 0x9f, 0x4d, 0x51, 0x58)],
  ])('that is %s is read', (_, bytes) => {
    const frame = { opcode: OPCODES.text, payload: hello }
    expect(readFrame(bytes, LIMIT)).toEqual({ kind: 'frame', frame, length: bytes.length })
    const withMore = Uint8Array.from([...bytes, 0x88, 0])
    expect(readFrame(withMore, LIMIT)).toMatchObject({ kind: 'frame', length: bytes.length })
    for (let end = 0; end < bytes.length; end += 1) {
      expect(readFrame(bytes.subarray(0, end), LIMIT)).toEqual({ kind: 'incomplete' })
    }
  })

  test('of 126 bytes or more has its length in two bytes', () => {
    const bytes = Uint8Array.from([0x82, 126, 1, 0, ...text(256)])
    expect(readFrame(bytes, LIMIT)).toMatchObject({ kind: 'frame', length: 260, frame: { opcode: 2 } })
  })

  test.each([
    ['longer than the limit', bytesOf(0x81, 126, 0x03, 0xe9)],
    ['with a length of eight bytes', bytesOf(0x81, 127)],
    ['masked and longer than the limit', bytesOf(0x81, 0xfe, 0xff, 0xff)],
  ])('%s is refused before it has arrived', (_, bytes) => {
    expect(readFrame(bytes, LIMIT)).toEqual({ kind: 'refused' })
  })
})
