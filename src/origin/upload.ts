// Request content under way to the origin server, watched: whose turn is it, and did the client break off?
//
// Pulled only when the origin takes more, so its pace is the client's pace.

/** What is known of an upload; read by whoever judges a silence. */
export type Upload = {
  /** The client owes us the next piece. */
  waitsForClient: boolean
  /** When the origin last asked for more, or the client last delivered, in milliseconds of the process. */
  movedAt: number
  /** Why the content broke off; undefined while it did not. */
  failure: unknown
}

export function makeUpload(): Upload {
  return { waitsForClient: false, movedAt: performance.now(), failure: undefined }
}

/** The same content; `upload` is kept up to date as it passes. */
export function watch(body: ReadableStream<Uint8Array>, upload: Upload): ReadableStream<Uint8Array> {
  const reader = body.getReader()
  return new ReadableStream<Uint8Array>(
    {
      pull: async (controller) => {
        upload.waitsForClient = true
        try {
          const { done, value } = await reader.read()
          if (done) controller.close()
          else controller.enqueue(value)
        } catch (cause) {
          upload.failure = cause
          controller.error(cause)
        }
        upload.waitsForClient = false
        upload.movedAt = performance.now()
      },
      cancel: (reason) => reader.cancel(reason),
    },
    { highWaterMark: 0 },
  )
}
