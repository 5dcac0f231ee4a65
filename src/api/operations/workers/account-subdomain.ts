// /accounts/{account_id}/workers/subdomain: the account's name below workers.dev, of which nothing is served.

import { z } from '@hono/zod-openapi'
import { accountOperation } from '../../account-operation.ts'
import { succeed } from '../../envelope.ts'
import { schemaBody } from '../../schema-body.ts'
import { ACCOUNT_NAME } from '../accounts/account.ts'
import { refuseScript, WORKERS_PATH } from './script.ts'

const PATH = `${WORKERS_PATH}/subdomain`
const SCHEMA = z.object({
  subdomain: z.string().regex(/^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/, 'is not a label of a host name'),
})

export const getAccountSubdomain = accountOperation({
  method: 'get',
  path: PATH,
  summary: "Read the account's name below workers.dev",
  permission: 'workers_scripts:read',
  result: SCHEMA,
  handle: ({ services }) => succeed({ subdomain: services.administration.scripts.accountSubdomain() ?? ACCOUNT_NAME }),
})

export const setAccountSubdomain = accountOperation({
  method: 'put',
  path: PATH,
  summary: "Set the account's name below workers.dev",
  permission: 'workers_scripts:edit',
  body: schemaBody(SCHEMA),
  result: SCHEMA,
  handle: ({ services, body }) => {
    const set = services.administration.scripts.setAccountSubdomain(body.subdomain)
    return set.ok ? succeed({ subdomain: set.value }) : refuseScript(set.problem)
  },
})
