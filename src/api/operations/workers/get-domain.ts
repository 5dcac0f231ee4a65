// GET /accounts/{account_id}/workers/domains/{domain_id}

import { accountOperation } from '../../account-operation.ts'
import { refuse, succeed } from '../../envelope.ts'
import { DOMAIN_PATH } from './domains.ts'
import { showDomain } from './route.ts'
import { ANY_RESULT } from './script.ts'

export const getDomain = accountOperation({
  method: 'get',
  path: DOMAIN_PATH,
  summary: 'Read a custom domain',
  permission: 'workers_scripts:read',
  result: ANY_RESULT,
  handle: ({ services, params }) => {
    const found = services.administration.workerDomains.list().find(({ id }) => id === params.domain_id)
    return found === undefined ? refuse('unknown-domain') : succeed(showDomain(found))
  },
})
