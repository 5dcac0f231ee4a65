// Media types.  RFC 9110 §8.3.1.

import { trimOws } from './fields.ts'
import { isToken } from './token.ts'

/** The lower-case `type/subtype` of a Content-Type without parameters, or undefined when there is no valid one. */
export function essence(contentType: string | undefined): string | undefined {
  if (contentType === undefined) return undefined
  const semicolon = contentType.indexOf(';')
  const text = trimOws(semicolon < 0 ? contentType : contentType.slice(0, semicolon))
  const slash = text.indexOf('/')
  if (slash < 0 || !isToken(text.slice(0, slash)) || !isToken(text.slice(slash + 1))) return undefined
  return text.toLowerCase()
}
