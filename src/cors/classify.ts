// What kind of request is this, as a server sees it?  Fetch §HTTP requests (CORS request, CORS-preflight request).
//
// "An HTTP request that includes an `Origin` header.  It cannot be reliably identified as participating in the CORS
// protocol": a same-origin POST has one too.  And an OPTIONS request is a preflight only with both other fields.

import { parseWebOrigin, type WebOrigin } from './web-origin.ts'

export type RequestKind =
  /** No Origin: same-origin, a navigation, an image, a program that is no browser. */
  | 'no-origin'
  /** Origin, and no preflight. */
  | 'cors'
  /** OPTIONS with Origin and Access-Control-Request-Method. */
  | 'cors-preflight'
  /** Its Origin is nothing that a browser sends. */
  | 'invalid-origin'

/** The kind, and who asks. */
export function classifyRequest(
  method: string,
  field: (name: string) => string | null | undefined,
): { readonly kind: RequestKind; readonly origin: WebOrigin } {
  const origin = parseWebOrigin(field('origin'))
  if (origin.kind === 'absent') return { kind: 'no-origin', origin }
  if (origin.kind === 'invalid') return { kind: 'invalid-origin', origin }
  const requested = field('access-control-request-method') ?? ''
  return { kind: method === 'OPTIONS' && requested !== '' ? 'cors-preflight' : 'cors', origin }
}
