// An origin server as rules change it: another address, another scheme, another name in the handshake.

import { isIpv6 } from '../http/index.ts'
import type { ConfigOverrides, OriginOverrides } from '../rulesets/index.ts'
import type { OriginServer } from './exchange.ts'

const DEFAULT_PORTS = { http: 80, https: 443 } as const

/** The origin server at another name or port, or by another name in the handshake; itself when nothing of it changes. */
export function redirected(origin: OriginServer, { hostname, port, sni }: OriginOverrides): OriginServer {
  if (hostname === undefined && port === undefined && sni === undefined) return origin
  return at({
    ...origin,
    ...(hostname === undefined ? {} : { hostname }),
    ...(port === undefined ? {} : { port }),
    ...(sni === undefined ? {} : { serverName: sni }),
  })
}

/**
 * The origin server under another ssl mode.  One on the default port of its scheme changes scheme and port; one on any other
 * port keeps its scheme, which its URL says, and only the certificate's verification changes.
 */
export function underSslMode(origin: OriginServer, ssl: NonNullable<ConfigOverrides['ssl']>): OriginServer {
  const scheme = ssl === 'full' || ssl === 'strict' ? 'https' : 'http'
  const verifyTls = ssl === 'strict'
  if (origin.port !== DEFAULT_PORTS[origin.scheme]) return { ...origin, verifyTls }
  return at({ ...origin, scheme, port: DEFAULT_PORTS[scheme], verifyTls })
}

function at(origin: OriginServer): OriginServer {
  const { scheme, hostname, port } = origin
  return { ...origin, base: `${scheme}://${isIpv6(hostname) ? `[${hostname}]` : hostname}:${port}` }
}
