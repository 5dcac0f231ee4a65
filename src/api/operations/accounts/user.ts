// GET /user: the one user.

import { z } from '@hono/zod-openapi'
import { succeed } from '../../envelope.ts'
import { operation } from '../../operation.ts'
import { USER } from './account.ts'

export const getUser = operation({
  method: 'get',
  path: '/user',
  summary: 'Read the user',
  permission: 'user:read',
  result: z.looseObject({ id: z.string(), email: z.string() }),
  handle: () => succeed(USER),
})
