// Is the request meant for this API?  A page on the web can point a name of its own at our address (DNS rebinding) and
// then speak to us as its own origin; its requests carry that name in Host.  RFC 9110 §7.4 gives 421 for it.
//
// Pure.  Ports are not compared: a forwarded port is not ours to know, and rebinding needs a name.

const HOST = /^(\[[0-9a-f:.]+\]|[a-z0-9._-]+)(?::\d{1,5})?$/
const IPV4 = /^\d{1,3}(?:\.\d{1,3}){3}$/
const WILDCARDS: readonly string[] = ['0.0.0.0', '::', '[::]', '']

export type HostCheckOptions = {
  /** The address or name that the listener was given. */
  readonly listener: string
  /** Further names of the API. */
  readonly names: readonly string[]
}

/** A judge of Host fields: whether one is a loopback name, the listener's own, or configured. */
export function makeHostCheck({ listener, names }: HostCheckOptions): (host: string | null) => 'ours' | 'foreign' {
  const ours = new Set([listener, `[${listener}]`, ...names].map((name) => name.toLowerCase()))
  // On all addresses, every literal address may be the listener's own; and a literal address cannot be rebound.
  const onAllAddresses = WILDCARDS.includes(listener)

  return (host) => {
    const name = HOST.exec(host?.toLowerCase() ?? '')?.[1]
    if (name === undefined) return 'foreign'
    if (isLoopback(name) || ours.has(name)) return 'ours'
    return onAllAddresses && isAddress(name) ? 'ours' : 'foreign'
  }
}

/** RFC 6761 §6.3: names under localhost are the machine itself. */
function isLoopback(name: string): boolean {
  if (name === 'localhost' || name.endsWith('.localhost') || name === '[::1]') return true
  return IPV4.test(name) && name.startsWith('127.')
}

function isAddress(name: string): boolean {
  return IPV4.test(name) || name.startsWith('[')
}
