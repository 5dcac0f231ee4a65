// Who is asking, and may they?  A bearer token, of which only the SHA-256 is kept.  RFC 6750 §2.1.
//
// Hashes are compared in constant time, and every known token is compared, so that an answer's time tells nothing of a
// token.  Global API keys (X-Auth-Key, X-Auth-Email) do not exist here and are refused with a word about tokens; clients
// that send every credential they have are judged by the token.
//
// There is one root token, which the operator has from the environment or the data directory and which may do everything;
// all others are documents that the tokens API makes (token-document.ts) and that policies limit (policy.ts).

import { createHash, randomBytes, timingSafeEqual } from 'node:crypto'
import { type Clock, ok, type Result } from '../base/index.ts'
import type { Documents } from '../config/index.ts'
import { isWithin } from './client-address.ts'
import { refuse } from './envelope.ts'
import type { ApiErrorKind, ApiProblem } from './errors.ts'
import type { Permission } from './permissions.ts'
import { allowancesOf, isAllowed, type Policy, type Target } from './policy.ts'
import { addressesOf, listTokens, statusOf, type TokenDocument } from './token-document.ts'

export type { Permission } from './permissions.ts'

export type Identity = {
  /** 32 hex digits: names the token without telling it. */
  readonly tokenId: string
  /** `all`: the root token. */
  readonly policies: 'all' | readonly Policy[]
  /** Anything but active only where the operation is about the token itself. */
  readonly status: 'active' | 'disabled' | 'expired'
  readonly notBefore?: string | undefined
  readonly expiresOn?: string | undefined
}

/** Which failure a wrong token gets: it differs by operation, and clients tell by it what they are talking to. */
export type WrongToken = Extract<ApiErrorKind, 'authentication-error' | 'token-invalid'>

/** `client`: the address that the request came from. */
export type Authenticate = (
  fields: Headers,
  wrongToken: WrongToken,
  client: string,
) => Result<Identity, readonly ApiProblem[]>

const API_KEY_FIELDS = ['x-auth-key', 'x-auth-email', 'x-auth-user-service-key']
const REMEDY = 'send "Authorization: Bearer <token>"'
const BEARER = /^bearer +([^\s\p{Cc}]+)$/iu
/** 240 bits: 40 characters of base64url, the length that clients expect. */
const SECRET_BYTES = 30

export type AuthenticatorParts = {
  /** The secret of the root token. */
  readonly root: string
  readonly documents: Documents
  readonly clock: Clock
}

type Known = { readonly hash: Buffer; readonly token: TokenDocument | 'root' }

/** A judge of credentials that knows the root token and those in the documents. */
export function makeAuthenticator({ root, documents, clock }: AuthenticatorParts): Authenticate {
  const rootHash = sha256(root)
  const rootIdentity: Identity = { tokenId: rootTokenId(root), policies: 'all', status: 'active' }
  let known: readonly Known[] = []
  let knownAt: number | undefined

  const getKnown = (): readonly Known[] => {
    if (knownAt !== documents.revision) {
      knownAt = documents.revision
      const others = listTokens(documents).map((token) => ({ hash: Buffer.from(token.hash, 'hex'), token }))
      known = [{ hash: rootHash, token: 'root' }, ...others]
    }
    return known
  }

  return (fields, wrongToken, client) => {
    const presented = readBearer(fields)
    if (!presented.ok) return presented
    const hash = sha256(presented.value)
    const [found] = getKnown().filter((each) => timingSafeEqual(each.hash, hash))
    if (found === undefined) return refuse(wrongToken)
    return found.token === 'root' ? ok(rootIdentity) : judge(found.token, { wrongToken, client, clock })
  }
}

type Circumstances = { readonly wrongToken: WrongToken; readonly client: string; readonly clock: Clock }

/** The token is known; may it be used now, from here?  Its holder has the secret, so may be told why not. */
function judge(
  token: TokenDocument,
  { wrongToken, client, clock }: Circumstances,
): Result<Identity, readonly ApiProblem[]> {
  const { within, outside } = addressesOf(token)
  const isElsewhere = within.length > 0 && !isWithin(client, within)
  if (isElsewhere || isWithin(client, outside)) {
    return refuse('lacks-permission', { message: `Cannot use the access token from location: ${client}` })
  }
  const status = statusOf(token, clock.now())
  // An operation on the token itself tells the status.
  if (status !== 'active' && wrongToken !== 'token-invalid') {
    return refuse(wrongToken, { message: `Authentication error: the token is ${status}; use another, or renew it` })
  }
  const { id, policies, not_before: notBefore, expires_on: expiresOn } = token
  return ok({ tokenId: id, policies, status, notBefore, expiresOn })
}

/** Whether the identity may do it there. */
export function isPermitted(identity: Identity, permission: Permission, target: Target): boolean {
  if (identity.status !== 'active') return false
  return identity.policies === 'all' || isAllowed(identity.policies, permission, target)
}

/** Whether the identity may hand out these policies: nobody gives away what they do not have. */
export function mayGrant(identity: Identity, policies: readonly Policy[]): boolean {
  return allowancesOf(policies).every(([permission, target]) => isPermitted(identity, permission, target))
}

export function makeSecret(): string {
  return randomBytes(SECRET_BYTES).toString('base64url')
}

/** What is kept of a secret. */
export function hashOf(secret: string): string {
  return sha256(secret).toString('hex')
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

function rootTokenId(secret: string): string {
  return sha256(`token id:${secret}`).toString('hex').slice(0, 32)
}

function sha256(text: string): Buffer {
  return createHash('sha256').update(text).digest()
}
