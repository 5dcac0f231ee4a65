// GET /user/tokens/verify: is this token good?  A wrong one gets 401 and code 1000, by which wrangler goes on.

import { z } from '@hono/zod-openapi'
import { succeed } from '../../envelope.ts'
import { operation } from '../../operation.ts'

export const verifyToken = operation({
  method: 'get',
  path: '/user/tokens/verify',
  summary: 'Verify the token that the request carries',
  permission: undefined,
  wrongToken: 'token-invalid',
  result: z.object({ id: z.string(), status: z.literal('active') }),
  handle: ({ identity }) =>
    succeed(
      { id: identity.tokenId, status: 'active' },
      { messages: [{ code: 10000, message: 'This API Token is valid and active' }] },
    ),
})
