// Where a script's request to a host that is not its zone's goes: the host itself, by its name, if its address may be
// reached.  Beside public addresses those are the origin servers of the zone, and what `runtime.allow_private` names.

import { type Host, isIpv6 } from '../http/index.ts'
import type { AllowedTarget } from '../origin/index.ts'
import type { EdgeServices } from './edge.ts'
import type { Destination, Scheme } from './exchange.ts'

const DEFAULT_PORTS = { http: 80, https: 443 } as const

/** The destination of a request for a host, but for the plan. */
export function outsideTarget(
  scheme: Scheme,
  { host, port: given }: Host,
  origins: readonly AllowedTarget[],
  { allowPrivate }: Pick<EdgeServices, 'allowPrivate'>,
): Omit<Destination, 'plan'> {
  const port = given ?? DEFAULT_PORTS[scheme]
  const hostname = host.startsWith('[') ? host.slice(1, -1) : host
  return {
    origin: {
      ...{ scheme, hostname, port, verifyTls: true },
      base: `${scheme}://${isIpv6(hostname) ? host : hostname}:${port}`,
      foreign: { allowed: [...origins, ...allowPrivate] },
    },
    host,
    authority: port === DEFAULT_PORTS[scheme] ? host : `${host}:${port}`,
    port,
  }
}
