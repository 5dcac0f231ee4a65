// DELETE /accounts/{account_id}/workers/domains/{domain_id}, and the same where wrangler asks for it.

import { z } from '@hono/zod-openapi'
import { accountOperation } from '../../account-operation.ts'
import { refuse, succeed } from '../../envelope.ts'
import { DOMAIN_PATH, mayAttach } from './domains.ts'
import { refuseRoute } from './route.ts'

export const deleteDomain = accountOperation({
  method: 'delete',
  path: DOMAIN_PATH,
  summary: 'Detach a custom domain',
  permission: 'workers_scripts:edit',
  result: z.null(),
  handle: (call) => {
    const { workerDomains } = call.services.administration
    const found = workerDomains.list().find(({ id }) => id === call.params.domain_id)
    if (found === undefined) return refuse('unknown-domain')
    const allowed = mayAttach(call, [found.hostname])
    if (!allowed.ok) return allowed
    const detached = workerDomains.detach(found.id)
    return detached.ok ? succeed(null) : refuseRoute(detached.problem)
  },
})
