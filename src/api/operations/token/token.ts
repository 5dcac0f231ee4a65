// What the operations on tokens share.

import { ok, type Result } from '../../../base/index.ts'
import type { DocumentsDraft } from '../../../config/index.ts'
import { type Identity, mayGrant } from '../../auth.ts'
import { refuse } from '../../envelope.ts'
import type { ApiProblem } from '../../errors.ts'
import type { Services } from '../../operation.ts'
import { type Policy, ZONE_PREFIX } from '../../policy.ts'
import { readToken, type TokenDocument } from '../../token-document.ts'

export const TOKEN_PATH = '/user/tokens/{token_id}'

type Problems = readonly ApiProblem[]

/** The token of an id, or why there is none. */
export function findToken(documents: Pick<DocumentsDraft, 'read'>, id = ''): Result<TokenDocument, Problems> {
  const token = /^[0-9a-f]{32}$/.test(id) ? readToken(documents, id) : undefined
  return token === undefined
    ? refuse('unknown-token', { message: `no token has the id ${JSON.stringify(id.slice(0, 60))}` })
    : ok(token)
}

/** Whether the identity may make a token of these policies, and each zone that they name exists. */
export function judgePolicies(
  policies: readonly Policy[],
  { identity, services }: { readonly identity: Identity; readonly services: Services },
): Result<undefined, Problems> {
  const isThere = (name: string): boolean =>
    services.administration.zones.find(name.slice(ZONE_PREFIX.length)) !== undefined
  for (const [index, { resources }] of policies.entries()) {
    const names = Object.entries(resources).flatMap(([name, value]) => (value === '*' ? [name] : Object.keys(value)))
    const missing = names.find((name) => name.startsWith(ZONE_PREFIX) && !name.endsWith('*') && !isThere(name))
    if (missing !== undefined) {
      const message = `no zone has the id ${missing.slice(ZONE_PREFIX.length)}; see /zones`
      return refuse('invalid-body', { message, pointer: `/policies/${index}/resources` })
    }
  }
  return mayGrant(identity, policies) ? ok(undefined) : refuse('grants-too-much')
}
