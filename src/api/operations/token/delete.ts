// DELETE /user/tokens/{token_id}: the next request with it is refused.

import { z } from '@hono/zod-openapi'
import { succeed } from '../../envelope.ts'
import { operation } from '../../operation.ts'
import { recorded } from '../../recorded.ts'
import { tokenPath } from '../../token-document.ts'
import { findToken, TOKEN_PATH } from './token.ts'

export const deleteToken = operation({
  method: 'delete',
  path: TOKEN_PATH,
  summary: 'Delete a token',
  permission: 'api_tokens:edit',
  result: z.object({ id: z.string() }),
  handle: ({ params, services }) =>
    recorded(services, (draft) => {
      const token = findToken(draft, params.token_id)
      if (!token.ok) return token
      draft.remove(tokenPath(token.value.id))
      return succeed({ id: token.value.id })
    }),
})
