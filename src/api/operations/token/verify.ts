// GET /user/tokens/verify: is this token good?  A wrong one gets 401 and code 1000, by which wrangler goes on.

import { z } from '@hono/zod-openapi'
import { succeed } from '../../envelope.ts'
import { operation } from '../../operation.ts'

function makeVerify(path: string) {
  return operation({
    method: 'get',
    path,
    summary: 'Verify the token that the request carries',
    permission: undefined,
    wrongToken: 'token-invalid',
    result: z.object({
      id: z.string(),
      status: z.enum(['active', 'disabled', 'expired']),
      not_before: z.string().optional(),
      expires_on: z.string().optional(),
    }),
    handle: ({ identity: { tokenId, status, notBefore, expiresOn } }) =>
      succeed(
        {
          id: tokenId,
          status,
          ...(notBefore !== undefined && { not_before: notBefore }),
          ...(expiresOn !== undefined && { expires_on: expiresOn }),
        },
        {
          messages: [
            {
              code: 10000,
              message: status === 'active' ? 'This API Token is valid and active' : `This API Token is ${status}`,
            },
          ],
        },
      ),
  })
}

export const verifyToken = makeVerify('/user/tokens/verify')
export const verifyAccountToken = makeVerify('/accounts/{account_id}/tokens/verify')
