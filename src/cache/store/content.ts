// The bytes of a stored body, ready to be sent.

import { type Bytes, bytes } from '../../base/index.ts'
import type { Content } from './contract.ts'

/** The content of a body in memory. */
export function memoryContent(body: Uint8Array<ArrayBuffer>): Content {
  return new MemoryContent(body)
}

/** The content of a body that is a whole file. */
export function fileContent(path: string, length: Bytes): Content {
  return { kind: 'file', length, path }
}

/** The whole content as a Response takes it cheapest: shared bytes, or a file that the kernel sends. */
export function contentBlob(content: Content): Blob {
  return content.kind === 'file' ? Bun.file(content.path) : content.blob
}

/** The bytes from `first` to `last`, both included (RFC 9110 §14.1.2 counts so), without reading a file. */
export function sliceContent(content: Content, first: number, last: number): Blob {
  if (content.kind === 'file') return Bun.file(content.path).slice(first, last + 1)
  return new Blob([content.bytes.subarray(first, last + 1)])
}

/** A stream of the whole content, for one reader.  A file that is gone makes it end with an error. */
export function contentStream(content: Content): ReadableStream<Uint8Array> {
  if (content.kind === 'file') return Bun.file(content.path).stream()
  return new ReadableStream<Uint8Array>({
    start: (controller) => {
      if (content.length > 0) controller.enqueue(content.bytes)
      controller.close()
    },
  })
}

/** A `Blob` copies the bytes it is made of, so it is made when first asked for, once, and shared from then on. */
class MemoryContent {
  readonly kind = 'memory'
  readonly length: Bytes
  readonly bytes: Uint8Array<ArrayBuffer>
  #blob: Blob | undefined

  constructor(body: Uint8Array<ArrayBuffer>) {
    this.bytes = body
    this.length = bytes(body.byteLength)
  }

  get blob(): Blob {
    this.#blob ??= new Blob([this.bytes])
    return this.#blob
  }
}
