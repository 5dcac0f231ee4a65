// PUT /user/tokens/{token_id}: replace all of a token but its secret.

import { succeed } from '../../envelope.ts'
import { operation } from '../../operation.ts'
import { recorded } from '../../recorded.ts'
import { schemaBody } from '../../schema-body.ts'
import {
  definitionOf,
  showToken,
  TOKEN_BODY,
  TOKEN_RESULT,
  type TokenDocument,
  tokenPath,
} from '../../token-document.ts'
import { findToken, judgePolicies, TOKEN_PATH } from './token.ts'

export const updateToken = operation({
  method: 'put',
  path: TOKEN_PATH,
  summary: 'Replace the definition of a token',
  permission: 'api_tokens:edit',
  body: schemaBody(TOKEN_BODY),
  result: TOKEN_RESULT,
  handle: ({ params, body, services, identity }) => {
    const definition = definitionOf(body)
    const judged = judgePolicies(definition.policies, { identity, services })
    if (!judged.ok) return judged
    return recorded(services, (draft) => {
      const old = findToken(draft, params.token_id)
      if (!old.ok) return old
      const now = services.clock.now()
      const { id, issued_on, hash } = old.value
      const token: TokenDocument = { id, ...definition, issued_on, modified_on: new Date(now).toISOString(), hash }
      draft.write(tokenPath(id), token)
      return succeed(showToken(token, now))
    })
  },
})
