// GET /accounts/{account_id}/workers/domains, narrowed by the query: zone_id, zone_name, hostname, service.

import { z } from '@hono/zod-openapi'
import { accountOperation } from '../../account-operation.ts'
import { succeed } from '../../envelope.ts'
import { DOMAINS_PATH } from './domains.ts'
import { showDomain } from './route.ts'
import { ANY_RESULT } from './script.ts'

export const listDomains = accountOperation({
  method: 'get',
  path: DOMAINS_PATH,
  summary: 'List custom domains',
  permission: 'workers_scripts:read',
  result: z.array(ANY_RESULT),
  handle: ({ services, query }) => {
    const isWanted = (name: string, value: string) => (query.get(name) || value) === value
    const wanted = services.administration.workerDomains
      .list()
      .filter(
        ({ zoneId, zoneName, hostname, script }) =>
          isWanted('zone_id', zoneId) &&
          isWanted('zone_name', zoneName) &&
          isWanted('hostname', hostname) &&
          isWanted('service', script),
      )
    return succeed(wanted.map(showDomain))
  },
})
