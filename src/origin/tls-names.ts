// Which name is asked for and verified in a TLS handshake with an origin server: the Host field's, whatever the address
// is called, unless the address says one.  So one address can serve many zones, each with its own certificate.  RFC 6066 §3
//
// Connections are pooled by these options, so they are kept, one object for each name.

import { isIpv4, parseHost } from '../http/index.ts'
import type { OriginAddress } from './contract.ts'

export type TlsOptions = {
  readonly rejectUnauthorized: boolean
  readonly serverName?: string
}

/** Beyond this the memory is emptied: Host comes from outside, and a zone may take any. */
const MAX_NAMES = 1000

/** What a handshake is about: the name that a rule says, else the Host field. */
export function serverNameOf({
  address,
  headers,
}: {
  readonly address: OriginAddress
  readonly headers: Headers
}): string {
  return address.serverName ?? headers.get('host') ?? ''
}

export class TlsNames {
  readonly #strict = new Map<string, TlsOptions>()
  readonly #any = new Map<string, TlsOptions>()

  /** The options for a request with this Host field; without a name when it has an address, for SNI takes only names. */
  optionsFor(host: string, rejectUnauthorized: boolean): TlsOptions {
    const known = rejectUnauthorized ? this.#strict : this.#any
    let options = known.get(host)
    if (options === undefined) {
      const serverName = nameOf(host)
      options = serverName === undefined ? { rejectUnauthorized } : { rejectUnauthorized, serverName }
      if (known.size >= MAX_NAMES) known.clear()
      known.set(host, options)
    }
    return options
  }
}

function nameOf(field: string): string | undefined {
  const host = parseHost(field)?.host
  return host === undefined || host.startsWith('[') || isIpv4(host) ? undefined : host
}
