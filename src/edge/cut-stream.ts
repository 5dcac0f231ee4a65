// Cuts byte ranges out of a stream that is read once, from its beginning: for content that is still arriving.

import type { RangePart } from '../http/index.ts'

/**
 * A stream of each part's head and bytes, and the tail.  Parts ascend and do not overlap.  What lies behind the last part
 * is not read; a source that ends early, or with an error, is an error here, never a short part.
 */
export function cutStream(
  source: ReadableStream<Uint8Array>,
  parts: readonly RangePart[],
  tail: string,
): ReadableStream<Uint8Array> {
  const reader = source.getReader()
  const pieces = cut(reader, parts, tail)
  return new ReadableStream<Uint8Array>({
    pull: async (controller) => {
      const { done, value } = await pieces.next()
      if (done === true) controller.close()
      else controller.enqueue(value)
    },
    cancel: (reason) => reader.cancel(reason),
  })
}

type ChunkReader = {
  read(): Promise<{ readonly done: boolean; readonly value?: Uint8Array | undefined }>
  cancel(reason?: unknown): Promise<void>
}

async function* cut(reader: ChunkReader, parts: readonly RangePart[], tail: string): AsyncGenerator<Uint8Array> {
  const encoder = new TextEncoder()
  let position = 0
  let rest: Uint8Array = new Uint8Array(0)
  for (const { head, first, last } of parts) {
    if (head !== '') yield encoder.encode(head)
    while (position <= last) {
      if (rest.byteLength === 0) {
        const { done, value } = await reader.read()
        if (done || value === undefined) throw new Error('the content ended before the range did')
        rest = value
      }
      const skipped = Math.min(Math.max(first - position, 0), rest.byteLength)
      const taken = rest.subarray(skipped, Math.max(skipped, last + 1 - position))
      position += skipped + taken.byteLength
      rest = rest.subarray(skipped + taken.byteLength)
      if (taken.byteLength > 0) yield taken
    }
  }
  if (tail !== '') yield encoder.encode(tail)
  await reader.cancel()
}
