// A host as `hosts` and `prefixes` write it: "www.example.com", "b.example.com:8080", "[::1]".
//
// Pure and total.  Names are read as a browser reads them, so that case, Unicode and forms of an address end up as they
// are in the URLs of stored responses.

import { fail, ok, type Result } from '../base/index.ts'

export type HostName = {
  /** Lower case, without port. */
  readonly hostname: string
  /** Lower case, with the port if one was written. */
  readonly authority: string
}

/** No URL part but a host may be here: each of these would end or change it. */
const NOT_A_HOST = /[/?#@\\%\s\p{Cc}]/u
const PORT = /:(\d{1,5})$/

/** The host that the text names, or what keeps it from being one. */
export function parseHostName(text: string): Result<HostName, string> {
  if (text.includes('://')) return fail('has a scheme; leave it out')
  if (text.includes('*')) return fail('has a wildcard; hosts are exact, name each one or purge everything')
  if (text === '' || NOT_A_HOST.test(text)) return fail('is not a host name')
  const url = URL.parse(`http://${text}/`)
  if (url === null || url.hostname === '') return fail('is not a host name')
  const port = PORT.exec(text)?.[1]
  const { hostname } = url
  return ok({ hostname, authority: port === undefined ? hostname : `${hostname}:${Number(port)}` })
}
