// Request content on its way to the origin server, counted against the zone's limit when nothing announced its length.

import { EdgeError } from '../base/index.ts'

/** The request's content; a stream that grows beyond `most` bytes ends with a fault of the client's. */
export function limitedContent(request: Request, most: number): ReadableStream<Uint8Array> | null {
  const { body } = request
  if (body === null || request.headers.has('content-length')) return body
  const reader = body.getReader()
  let taken = 0
  return new ReadableStream<Uint8Array>({
    pull: async (controller) => {
      const { done, value } = await reader.read()
      if (done) return controller.close()
      taken += value.byteLength
      if (taken <= most) return controller.enqueue(value)
      const fault = new EdgeError('client-body-too-large', `content of more than ${most} bytes`)
      controller.error(fault)
      await reader.cancel(fault)
    },
    cancel: (reason) => reader.cancel(reason),
  })
}
