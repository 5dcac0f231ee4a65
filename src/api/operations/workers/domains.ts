// What the operations on custom domains share: who may touch the zones of these hosts.

import { ok, type Result } from '../../../base/index.ts'
import { isPermitted } from '../../auth.ts'
import { refuse } from '../../envelope.ts'
import type { Call } from '../../operation.ts'
import { refuseRoute } from './route.ts'
import { WORKERS_PATH } from './script.ts'
import type { Problems } from './types.ts'

export const DOMAINS_PATH = `${WORKERS_PATH}/domains`
export const DOMAIN_PATH = `${DOMAINS_PATH}/{domain_id}`

/** Whether the sender may change the routes in the zone of each host. */
export function mayAttach(
  { services, identity }: Pick<Call<unknown>, 'services' | 'identity'>,
  hostnames: readonly string[],
): Result<undefined, Problems> {
  for (const hostname of hostnames) {
    const place = services.administration.workerDomains.zoneOfHost(hostname)
    if (!place.ok) return refuseRoute(place.problem)
    if (!isPermitted(identity, 'workers_routes:edit', { zone: place.value.zoneId }))
      return refuse('authentication-error')
  }
  return ok(undefined)
}
