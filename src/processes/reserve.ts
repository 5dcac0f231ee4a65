// A port for members to share, when none is named: the system picks it, and they are told.
//
// A listener that does not share its port is opened and closed: that finds out, too, whether another program has the port,
// which members themselves would not notice if that program shared it.

import type { Listen } from '../config/index.ts'

/** The place with a port that is free; throws what the system throws when it cannot be had. */
export async function reservePort({ hostname, port }: Listen): Promise<Listen> {
  const listener = Bun.listen({ hostname, port, socket: { data: () => {} } })
  const reserved = { hostname, port: listener.port }
  listener.stop(true)
  return reserved
}
