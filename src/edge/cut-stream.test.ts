// Ranges cut out of a stream, wherever its chunks end.  RFC 9110 §14.6

import { describe, expect, test } from 'bun:test'
import type { RangePart } from '../http/index.ts'
import { cutStream } from './cut-stream.ts'

const CONTENT = '0123456789abcdefghij'
const WHOLE: RangePart = { head: '', first: 0, last: CONTENT.length - 1 }

/** A source whose chunks have these lengths, in turn; it counts what was taken and knows whether it was cancelled. */
function makeSource(lengths: readonly number[], text = CONTENT) {
  const seen = { taken: 0, cancelled: undefined as unknown }
  let at = 0
  let turn = 0
  const stream = new ReadableStream<Uint8Array>(
    {
      pull: (controller) => {
        if (at >= text.length) return controller.close()
        const length = lengths[turn % lengths.length] ?? 1
        turn += 1
        controller.enqueue(Buffer.from(text.slice(at, at + length)))
        at += length
        seen.taken = Math.min(at, text.length)
      },
      cancel: (reason) => {
        seen.cancelled = reason ?? 'without a reason'
      },
    },
    { highWaterMark: 0 },
  )
  return { stream, seen }
}

const read = (stream: ReadableStream<Uint8Array>): Promise<string> => new Response(stream).text()
const part = (first: number, last: number, head = ''): RangePart => ({ first, last, head })

describe.each([1, 2, 3, 7, 19, 20, 64])('chunks of %d bytes', (length) => {
  test.each([
    ['the first byte', [part(0, 0)], '', '0'],
    ['the last byte', [part(19, 19)], '', 'j'],
    ['everything', [WHOLE], '', CONTENT],
    ['the middle', [part(3, 16)], '', '3456789abcdefg'],
    ['several, framed', [part(0, 1, '<'), part(2, 2, '|'), part(18, 19, '|')], '>', '<01|2|ij>'],
    ['neighbours within one chunk', [part(4, 5, 'A'), part(6, 7, 'B')], 'C', 'A45B67C'],
    ['none', [], 'tail', 'tail'],
  ] as const)('%s', async (_, parts, tail, expected) => {
    expect(await read(cutStream(makeSource([length]).stream, parts, tail))).toBe(expected)
  })
})

test('chunks of uneven length, empty ones among them', async () => {
  const { stream } = makeSource([3, 0, 1, 0, 0, 5])
  expect(await read(cutStream(stream, [part(2, 12, '['), part(14, 19, ',')], ']'))).toBe('[23456789abc,efghij]')
})

test('every range of every chunk length is the very slice', async () => {
  for (const length of [1, 4, 6]) {
    for (let first = 0; first < CONTENT.length; first += 1) {
      for (let last = first; last < CONTENT.length; last += 3) {
        const cut = await read(cutStream(makeSource([length]).stream, [part(first, last)], ''))
        expect(cut).toBe(CONTENT.slice(first, last + 1))
      }
    }
  }
})

test('what lies behind the last part is not read, and the source learns it', async () => {
  const { stream, seen } = makeSource([2])
  expect(await read(cutStream(stream, [part(1, 4)], ''))).toBe('1234')
  expect(seen).toEqual({ taken: 6, cancelled: 'without a reason' })
})

test('nothing is read before somebody asks', () => {
  const { stream, seen } = makeSource([2])
  cutStream(stream, [WHOLE], '').getReader()
  expect(seen.taken).toBeLessThanOrEqual(2)
})

describe('a range is never short', () => {
  test('a source that ends early is an error', async () => {
    const { stream } = makeSource([3], '01234')
    await expect(read(cutStream(stream, [part(0, 9)], ''))).rejects.toThrow('the content ended before the range did')
  })

  test('an error of the source is an error here', async () => {
    const broken = new ReadableStream<Uint8Array>({
      pull: (controller) => controller.error(new Error('the origin broke off')),
    })
    await expect(read(cutStream(broken, [WHOLE], ''))).rejects.toThrow('the origin broke off')
  })
})

test('a reader that leaves cancels the source', async () => {
  const { stream, seen } = makeSource([2])
  const reader = cutStream(stream, [WHOLE], '').getReader()
  expect(Buffer.from((await reader.read()).value ?? '').toString()).toBe('01')
  await reader.cancel('gone')
  expect(seen.cancelled).toBe('gone')
})
