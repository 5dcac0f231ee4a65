// A response without Content-Type that stays without.  docs/decisions/0043
//
// The runtime gives bytes and files that have no type one of its own, with which a browser would save a page instead of
// showing it.  A stream of ours it leaves alone.

/** The same response; its body, if there is one, as a stream of ours. */
export function typeless({ status, headers, body }: Pick<Response, 'status' | 'headers' | 'body'>): Response {
  if (body === null) return new Response(null, { status, headers })
  const reader = body.getReader()
  const bare = new ReadableStream<Uint8Array>({
    pull: async (controller) => {
      const piece = await reader.read()
      if (piece.done) controller.close()
      else controller.enqueue(piece.value)
    },
    cancel: (reason) => reader.cancel(reason),
  })
  return new Response(bare, { status, headers })
}

/** Whether the runtime would give a response a type: it has content and says none itself. */
export function mustStayTypeless(headers: Headers): boolean {
  return !headers.has('content-type') && headers.get('content-length') !== '0'
}
