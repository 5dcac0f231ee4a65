// The body of a Cache API `put`: a serialised HTTP/1.1 response.  Its head is read here; the rest is the content.
//
//   HTTP/1.1 200 OK CRLF  field lines CRLF  CRLF  content        never in chunks, whatever its Transfer-Encoding says

import type { PutHead } from './contract.ts'

/** Twice what a visitor's request may have. */
export const MAX_PUT_HEAD_BYTES = 32_768

/** The head of the response and its content, or undefined when it is no response; a body that breaks off rejects. */
export async function readPutBody(
  body: ReadableStream<Uint8Array>,
): Promise<{ readonly head: PutHead; readonly content: ReadableStream<Uint8Array> } | undefined> {
  const reader = body.getReader()
  let taken: Uint8Array<ArrayBufferLike> = new Uint8Array()
  for (;;) {
    const end = Buffer.from(taken.buffer, taken.byteOffset, taken.byteLength).indexOf('\r\n\r\n')
    if (end >= 0) {
      const head = parsePutHead(Buffer.from(taken.subarray(0, end)).toString('latin1'))
      if (head !== undefined) return { head, content: rest(taken.subarray(end + 4), reader) }
      break
    }
    if (taken.byteLength > MAX_PUT_HEAD_BYTES) break
    const { done, value } = await reader.read()
    if (done) return undefined
    taken = taken.byteLength === 0 ? value : Buffer.concat([taken, value])
  }
  await reader.cancel()
  return undefined
}

/** Status and fields of a head; undefined for anything that is none. */
export function parsePutHead(text: string): PutHead | undefined {
  const [statusLine = '', ...lines] = text.split('\r\n')
  const status = /^HTTP\/1\.[01] (\d{3})(?: |$)/.exec(statusLine)?.[1]
  if (status === undefined) return undefined
  const fields: [string, string][] = []
  for (const line of lines) {
    const colon = line.indexOf(':')
    const name = line.slice(0, Math.max(0, colon)).toLowerCase()
    if (!/^[!#$%&'*+.^_`|~0-9a-z-]+$/.test(name)) return undefined
    fields.push([name, line.slice(colon + 1).trim()])
  }
  return { status: Number(status), fields }
}

type BodyReader = {
  read(): Promise<{ readonly done: boolean; readonly value?: Uint8Array | undefined }>
  cancel(reason?: unknown): Promise<void>
}

function rest(first: Uint8Array, reader: BodyReader): ReadableStream<Uint8Array> {
  return new ReadableStream<Uint8Array>({
    start: (controller) => {
      if (first.byteLength > 0) controller.enqueue(first)
    },
    pull: async (controller) => {
      const { done, value } = await reader.read()
      if (done || value === undefined) controller.close()
      else controller.enqueue(value)
    },
    cancel: (reason) => reader.cancel(reason),
  })
}
