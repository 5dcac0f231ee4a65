// Targets that code chooses and not the operator: what a Worker or a Snippet fetches from elsewhere.  The name is resolved
// here, every address that it has must be public or allowed, and the connection goes to the very address that was judged:
// nobody can answer one address to the question and another to the connection (DNS rebinding).
//
// Each hop of a redirection is a request of its own, so each is judged.

import { EdgeError } from '../base/index.ts'
import { isIpv4, isIpv6 } from '../http/index.ts'
import type { AllowedTarget, OriginAddress } from './contract.ts'
import { isReservedAddress } from './reserved-address.ts'

/** Whose addresses a name has. */
export type ResolveName = (hostname: string) => Promise<readonly string[]>

/** By the system: its hosts file counts, as it would for a connection. */
const resolveBySystem: ResolveName = async (hostname) => {
  // Loaded here: only scripts choose targets.
  const { lookup } = await import('node:dns/promises')
  return (await lookup(hostname, { all: true })).map(({ address }) => address)
}

const LOOPBACK: ReadonlySet<string> = new Set(['127.0.0.1', '::1'])

/**
 * The address to connect to; rejects with `origin-forbidden` when it is private and not allowed, and with
 * `origin-unreachable` when the name has none.
 */
export async function admitForeign(
  address: OriginAddress,
  allowed: readonly AllowedTarget[],
  resolve: ResolveName = resolveBySystem,
): Promise<OriginAddress> {
  const { hostname, port, scheme } = address
  const found = isIpv4(hostname) || isIpv6(hostname) ? [hostname] : await addressesOf(hostname, resolve)
  const refused = found.find((each) => isReservedAddress(each) && !isAllowed(hostname, each, port, allowed))
  if (refused !== undefined) {
    throw new EdgeError('origin-forbidden', `${hostname}:${port} is ${refused}, and no runtime.allow_private names it`)
  }
  const [first] = found
  if (first === undefined) throw new EdgeError('origin-unreachable', `${hostname} has no address`)
  return { ...address, hostname: first, base: `${scheme}://${isIpv6(first) ? `[${first}]` : first}:${port}` }
}

async function addressesOf(hostname: string, resolve: ResolveName): Promise<readonly string[]> {
  try {
    return await resolve(hostname)
  } catch (cause) {
    throw new EdgeError('origin-unreachable', `${hostname} has no address`, { cause })
  }
}

/** By the address that the name has; an entry `localhost` means the loopback addresses. */
function isAllowed(name: string, address: string, port: number, allowed: readonly AllowedTarget[]): boolean {
  return allowed.some((entry) => {
    if (entry.port !== undefined && entry.port !== port) return false
    return (
      entry.hostname === address || entry.hostname === name || (entry.hostname === 'localhost' && LOOPBACK.has(address))
    )
  })
}
