// GET /user/tokens/{token_id}.

import { succeed } from '../../envelope.ts'
import { operation } from '../../operation.ts'
import { showToken, TOKEN_RESULT } from '../../token-document.ts'
import { findToken, TOKEN_PATH } from './token.ts'

export const getToken = operation({
  method: 'get',
  path: TOKEN_PATH,
  summary: 'Read a token; its secret is not among what is kept',
  permission: 'api_tokens:read',
  result: TOKEN_RESULT,
  handle: ({ params, services }) => {
    const token = findToken(services.documents, params.token_id)
    return token.ok ? succeed(showToken(token.value, services.clock.now())) : token
  },
})
