// Request methods as a page may use them.  Fetch §Methods.

import { isToken } from '../http/index.ts'

/** "A CORS-safelisted method": no preflight for it alone. */
const SAFELISTED: ReadonlySet<string> = new Set(['GET', 'HEAD', 'POST'])
/** "A forbidden method": no page may send it. */
const FORBIDDEN: ReadonlySet<string> = new Set(['CONNECT', 'TRACE', 'TRACK'])
/** Methods that are written in upper case however the page wrote them; `patch` is not among them. */
const NORMALIZED: ReadonlySet<string> = new Set(['DELETE', 'GET', 'HEAD', 'OPTIONS', 'POST', 'PUT'])

export function isCorsSafelistedMethod(method: string): boolean {
  return SAFELISTED.has(method)
}

/** Whether the text is a method that a page cannot send, in any case. */
export function isForbiddenMethod(method: string): boolean {
  return FORBIDDEN.has(method.toUpperCase())
}

/** The method as it goes over the wire, or undefined when the text is no method or a forbidden one. */
export function parseMethod(text: string): string | undefined {
  if (!isToken(text) || isForbiddenMethod(text)) return undefined
  const upper = text.toUpperCase()
  return NORMALIZED.has(upper) ? upper : text
}
