// GET …/scripts/{script_name}/secrets: the names of a Worker's secrets.

import { z } from '@hono/zod-openapi'
import { succeed } from '../../envelope.ts'
import { ANY_RESULT, scriptOperation } from './script.ts'
import { SECRETS_PATH, secretsOf } from './secrets.ts'

export const listSecrets = scriptOperation({
  method: 'get',
  path: SECRETS_PATH,
  summary: 'List the names of secrets',
  permission: 'workers_scripts:read',
  result: z.array(ANY_RESULT),
  handle: ({ script }) => succeed(secretsOf(script.newest)),
})
