// PUT /accounts/{account_id}/workers/domains: lets a Worker be the origin of a host.

import { z } from '@hono/zod-openapi'
import { accountOperation } from '../../account-operation.ts'
import { refuse, succeed } from '../../envelope.ts'
import { schemaBody } from '../../schema-body.ts'
import { DOMAINS_PATH, mayAttach } from './domains.ts'
import { refuseRoute, showDomain } from './route.ts'
import { ANY_RESULT } from './script.ts'

const SCHEMA = z.looseObject({ hostname: z.string(), service: z.string() })

export const putDomain = accountOperation({
  method: 'put',
  path: DOMAINS_PATH,
  summary: 'Attach a custom domain to a Worker',
  permission: 'workers_scripts:edit',
  body: schemaBody(SCHEMA),
  result: ANY_RESULT,
  handle: (call) => {
    const { hostname, service } = call.body
    const allowed = mayAttach(call, [hostname])
    if (!allowed.ok) return allowed
    const attached = call.services.administration.workerDomains.attach(service, [hostname], false)
    if (!attached.ok) return refuseRoute(attached.problem)
    const [domain] = attached.value
    return domain === undefined ? refuse('unknown-domain') : succeed(showDomain(domain))
  },
})
