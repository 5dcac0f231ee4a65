// PUT /user/tokens/{token_id}/value: a new secret; the old one is refused from now on.

import { z } from '@hono/zod-openapi'
import { hashOf, makeSecret, mayGrant } from '../../auth.ts'
import { refuse, succeed } from '../../envelope.ts'
import { operation } from '../../operation.ts'
import { recorded } from '../../recorded.ts'
import { tokenPath } from '../../token-document.ts'
import { findToken, TOKEN_PATH } from './token.ts'

export const rollToken = operation({
  method: 'put',
  path: `${TOKEN_PATH}/value`,
  summary: 'Give a token a new secret',
  permission: 'api_tokens:edit',
  result: z.string(),
  handle: ({ params, services, identity }) =>
    recorded(services, (draft) => {
      const token = findToken(draft, params.token_id)
      if (!token.ok) return token
      // Whoever has the secret can do what the token may.
      if (!mayGrant(identity, token.value.policies)) return refuse('grants-too-much')
      const value = makeSecret()
      const modified_on = new Date(services.clock.now()).toISOString()
      draft.write(tokenPath(token.value.id), { ...token.value, modified_on, hash: hashOf(value) })
      return succeed(value)
    }),
})
