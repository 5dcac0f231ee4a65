// Who is asking?  A bearer token, of which only the SHA-256 is kept.  RFC 6750 §2.1.
//
// Hashes are compared in constant time, and every known token is compared, so that an answer's time tells nothing of a
// token.  Global API keys (X-Auth-Key, X-Auth-Email) do not exist here and are refused with a word about tokens; clients
// that send every credential they have are judged by the token.

import { createHash, timingSafeEqual } from 'node:crypto'
import { ok, type Result } from '../base/index.ts'
import { refuse } from './envelope.ts'
import type { ApiErrorKind, ApiProblem } from './errors.ts'

/** What a token may be allowed to do; an operation names one of them. */
export const PERMISSIONS = [
  'account:read',
  'cache_purge:edit',
  'dns:read',
  'dns:edit',
  'memberships:read',
  'user:read',
  'zone:read',
  'zone:edit',
  'zone_settings:read',
  'zone_settings:edit',
] as const
export type Permission = (typeof PERMISSIONS)[number]

export type Token = {
  readonly secret: string
  readonly permissions: 'all' | readonly Permission[]
}

export type Identity = {
  /** 32 hex digits: names the token without telling it. */
  readonly tokenId: string
  readonly permissions: 'all' | readonly Permission[]
}

/** Which failure a wrong token gets: it differs by operation, and clients tell by it what they are talking to. */
export type WrongToken = Extract<ApiErrorKind, 'authentication-error' | 'token-invalid'>

export type Authenticate = (fields: Headers, wrongToken: WrongToken) => Result<Identity, readonly ApiProblem[]>

const API_KEY_FIELDS = ['x-auth-key', 'x-auth-email', 'x-auth-user-service-key']
const REMEDY = 'send "Authorization: Bearer <token>"'
const BEARER = /^bearer +([^\s\p{Cc}]+)$/iu

/** A judge of credentials that knows these tokens. */
export function makeAuthenticator(tokens: readonly Token[]): Authenticate {
  const known = tokens.map(({ secret, permissions }) => ({
    hash: sha256(secret),
    identity: identify(secret, permissions),
  }))

  return (fields, wrongToken) => {
    const presented = readBearer(fields)
    if (!presented.ok) return presented
    const hash = sha256(presented.value)
    const [found] = known.filter((token) => timingSafeEqual(token.hash, hash))
    return found === undefined ? refuse(wrongToken) : ok(found.identity)
  }
}

/** Whether the identity may do it. */
export function isPermitted(identity: Identity, permission: Permission): boolean {
  return identity.permissions === 'all' || identity.permissions.includes(permission)
}

function readBearer(fields: Headers): Result<string, readonly ApiProblem[]> {
  const authorization = fields.get('authorization')
  if (authorization === null) {
    if (!API_KEY_FIELDS.some((name) => fields.has(name))) {
      return badHeaders({ kind: 'bad-authorization-format', message: `Authorization is missing; ${REMEDY}` })
    }
    const message = `API keys and X-Auth fields are not accepted here; ${REMEDY}`
    return badHeaders({ kind: 'bad-api-key-format', message })
  }
  const token = BEARER.exec(authorization)?.[1]
  if (token !== undefined) return ok(token)
  return badHeaders({ kind: 'bad-authorization-format', message: `Invalid format for Authorization header; ${REMEDY}` })
}

function badHeaders(cause: ApiProblem): Result<never, readonly ApiProblem[]> {
  return refuse('bad-request-headers', { chain: [cause] })
}

function identify(secret: string, permissions: Token['permissions']): Identity {
  return { tokenId: sha256(`token id:${secret}`).toString('hex').slice(0, 32), permissions }
}

function sha256(text: string): Buffer {
  return createHash('sha256').update(text).digest()
}
