// Which zone has the host that a script asks for?  Worked out once for each configuration: most scripts ask for few hosts, and
// ask for them again with every request.

import type { EdgeServices } from './edge.ts'

/** Scripts choose hosts: so many are remembered, and then all forgotten. */
const MAX_REMEMBERED_HOSTS = 1024

/** The id of the zone that a host names, or undefined; `ownPorts` are those that this edge listens at. */
export function rememberedZones(
  edge: Pick<EdgeServices, 'routes'>,
  ownPorts: ReadonlySet<number>,
): (host: string) => string | undefined {
  let { routes } = edge
  const zones = new Map<string, string | undefined>()
  return (host) => {
    if (routes !== edge.routes || zones.size >= MAX_REMEMBERED_HOSTS) zones.clear()
    routes = edge.routes
    const known = zones.get(host)
    if (known !== undefined || zones.has(host)) return known
    const found = routes.findNamedZone(host, ownPorts)
    zones.set(host, found)
    return found
  }
}
