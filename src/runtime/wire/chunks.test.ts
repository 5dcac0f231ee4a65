// The chunked coding, by table; and the same in every cut.

import { describe, expect, test } from 'bun:test'
import { type ChunkOutcome, Dechunker } from './chunks.ts'

function dechunk(pieces: readonly string[]): { readonly outcome: ChunkOutcome; readonly text: string } {
  let text = ''
  let outcome: ChunkOutcome = 'more'
  const dechunker = new Dechunker((piece) => {
    text += Buffer.from(piece).toString('latin1')
  })
  for (const piece of pieces) {
    outcome = dechunker.take(Buffer.from(piece, 'latin1'))
    if (outcome === 'malformed') break
  }
  return { outcome, text }
}

describe('chunks', () => {
  const whole = '5\r\nhello\r\n00A;name="v"\r\n, 10 bytes\r\n0\r\nTrailer: x\r\n\r\n'

  test('are the content, without sizes, extensions and trailers', () => {
    expect(dechunk([whole])).toEqual({ outcome: 'done', text: 'hello, 10 bytes' })
  })

  test('are the same wherever they are cut', () => {
    for (let at = 1; at < whole.length; at += 1) {
      expect(dechunk([whole.slice(0, at), whole.slice(at)])).toEqual({ outcome: 'done', text: 'hello, 10 bytes' })
    }
    expect(dechunk([...whole])).toEqual({ outcome: 'done', text: 'hello, 10 bytes' })
  })

  test('that have not ended are not done', () => {
    for (let at = 0; at < whole.length; at += 1) expect(dechunk([whole.slice(0, at)]).outcome).toBe('more')
  })

  test.each([
    ['a size that is no number', 'x\r\n'],
    ['no size', '\r\n'],
    ['a negative size', '-1\r\n'],
    ['a size that no number holds', 'fffffffffffff\r\n'],
    ['a line that ends in a line feed only', '5\nhello'],
    ['more data than its size', '5\r\nhello!\r\n'],
    ['something behind the end', '0\r\n\r\nHTTP/1.1 200 OK'],
    ['a line without end', `5;${'x'.repeat(5_000)}`],
  ])('with %s are malformed', (_title, text) => {
    expect(dechunk([text]).outcome).toBe('malformed')
    expect(dechunk([...text]).outcome).toBe('malformed')
  })
})
