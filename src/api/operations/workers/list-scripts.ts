// GET /accounts/{account_id}/workers/scripts: the Workers, by name.

import { z } from '@hono/zod-openapi'
import { accountOperation } from '../../account-operation.ts'
import { succeed } from '../../envelope.ts'
import { ANY_RESULT, showScript, WORKERS_PATH } from './script.ts'

export const listScripts = accountOperation({
  method: 'get',
  path: `${WORKERS_PATH}/scripts`,
  summary: 'List Workers',
  permission: 'workers_scripts:read',
  result: z.array(ANY_RESULT),
  handle: ({ services }) => {
    const scripts = services.administration.scripts.list()
    return succeed(scripts.map((script) => showScript(script, script.deployed ?? script.newest)))
  },
})
