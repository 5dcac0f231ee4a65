// POST /user/tokens: make a token.  The answer is the only place that ever has its secret.

import { z } from '@hono/zod-openapi'
import { hashOf, makeSecret } from '../../auth.ts'
import { refuse, succeed } from '../../envelope.ts'
import { operation } from '../../operation.ts'
import { recorded } from '../../recorded.ts'
import { schemaBody } from '../../schema-body.ts'
import {
  definitionOf,
  listTokens,
  MAX_TOKENS,
  newId,
  showToken,
  TOKEN_BODY,
  TOKEN_RESULT,
  type TokenDocument,
  tokenPath,
} from '../../token-document.ts'
import { judgePolicies } from './token.ts'

export const createToken = operation({
  method: 'post',
  path: '/user/tokens',
  summary: 'Make a token',
  permission: 'api_tokens:edit',
  body: schemaBody(TOKEN_BODY),
  result: TOKEN_RESULT.extend({ value: z.string() }),
  handle: ({ body, services, identity }) => {
    const definition = definitionOf(body)
    const judged = judgePolicies(definition.policies, { identity, services })
    if (!judged.ok) return judged
    const value = makeSecret()
    const now = services.clock.now()
    const issued = new Date(now).toISOString()
    const token: TokenDocument = {
      id: newId(),
      ...definition,
      issued_on: issued,
      modified_on: issued,
      hash: hashOf(value),
    }
    return recorded(services, (draft) => {
      if (listTokens(draft).length >= MAX_TOKENS) return refuse('too-many-tokens')
      draft.write(tokenPath(token.id), token)
      return succeed({ ...showToken(token, now), value })
    })
  },
})
