// A token as it is kept (tokens/<id>) and as clients see it.  Of its secret only the SHA-256 is kept.
// CF fundamentals/api/how-to/create-via-api

import { z } from '@hono/zod-openapi'
import type { EpochMillis } from '../base/index.ts'
import type { Documents, DocumentsDraft } from '../config/index.ts'
import { isNetwork } from './client-address.ts'
import { findPermissionGroup } from './permissions.ts'
import type { Policy } from './policy.ts'

const MAX_NAME_CHARACTERS = 120
const MAX_POLICIES = 300
const MAX_NETWORKS = 100
/** Cloudflare's for an account. */
export const MAX_TOKENS = 500

const RESOURCE = /^com\.cloudflare\.api\.(?:account(?:\.zone)?|user)\.(?:\*|[0-9a-f]{32})$/
const RESOURCE_NAME = z.string().regex(RESOURCE, {
  error:
    'use com.cloudflare.api.account.zone.<zone id>, com.cloudflare.api.account.<id> or com.cloudflare.api.user.<id>; * stands for all',
})
const GROUP = z.looseObject({ id: z.string() }).refine(({ id }) => findPermissionGroup(id) !== undefined, {
  error: 'no permission group has this id; see /user/tokens/permission_groups',
  path: ['id'],
})

const POLICY = z.object({
  id: z.string().nullish(),
  effect: z.enum(['allow', 'deny']),
  resources: z
    .record(RESOURCE_NAME, z.union([z.literal('*'), z.record(RESOURCE_NAME, z.literal('*'))]))
    .refine((resources) => Object.keys(resources).length > 0, { error: 'name at least one resource' }),
  permission_groups: z.array(GROUP).min(1).max(100),
})

const NETWORKS = z
  .array(z.string().refine(isNetwork, { error: 'use an address or a network such as 192.0.2.0/24' }))
  .max(MAX_NETWORKS)
const ADDRESSES = z.object({ in: NETWORKS.nullish(), not_in: NETWORKS.nullish() })

/** The SDK writes request_ip, older clients and the docs request.ip. */
const CONDITION = z.object({ 'request.ip': ADDRESSES.nullish(), request_ip: ADDRESSES.nullish() })

/** Scripts send "" for none. */
const INSTANT = z.union([z.iso.datetime({ offset: true }), z.literal('').transform(() => undefined)])

export const TOKEN_BODY = z.object({
  name: z.string().trim().min(1).max(MAX_NAME_CHARACTERS),
  policies: z.array(POLICY).min(1).max(MAX_POLICIES),
  /** `expired` is what an answer tells; whether it is so, `expires_on` says. */
  status: z.enum(['active', 'disabled', 'expired']).nullish(),
  not_before: INSTANT.nullish(),
  expires_on: INSTANT.nullish(),
  condition: CONDITION.nullish(),
})
export type TokenBody = z.output<typeof TOKEN_BODY>

export type TokenDocument = {
  readonly id: string
  readonly name: string
  readonly status: 'active' | 'disabled'
  readonly issued_on: string
  readonly modified_on: string
  readonly not_before?: string
  readonly expires_on?: string
  readonly condition?: z.output<typeof CONDITION>
  readonly policies: readonly Policy[]
  /** SHA-256 of the secret, lower-case hex. */
  readonly hash: string
}

/** For the document. */
export const TOKEN_RESULT = z.object({
  id: z.string(),
  name: z.string(),
  status: z.enum(['active', 'disabled', 'expired']),
  issued_on: z.string(),
  modified_on: z.string(),
  not_before: z.string().optional(),
  expires_on: z.string().optional(),
  condition: CONDITION.optional(),
  policies: z.array(POLICY),
})

/** The members of a document that its owner decides, from a body. */
export function definitionOf(body: TokenBody) {
  const { not_before, expires_on, condition } = body
  return {
    name: body.name,
    status: body.status === 'disabled' ? 'disabled' : 'active',
    ...(not_before && { not_before }),
    ...(expires_on && { expires_on }),
    ...(condition && { condition }),
    policies: body.policies.map(policyOf),
  } as const
}

function policyOf({ id, effect, resources, permission_groups }: TokenBody['policies'][number]): Policy {
  const groups = permission_groups.map((group) => ({ id: group.id, name: findPermissionGroup(group.id)?.name ?? '' }))
  return { id: id ?? newId(), effect, resources, permission_groups: groups }
}

/** What a client may see. */
export function showToken({ hash: _, ...token }: TokenDocument, now: EpochMillis): object {
  return { ...token, status: statusOf(token, now) }
}

/** Whether the token may be used now, as `verify` tells it. */
export function statusOf(
  token: Pick<TokenDocument, 'status' | 'not_before' | 'expires_on'>,
  now: EpochMillis,
): 'active' | 'disabled' | 'expired' {
  if (token.expires_on !== undefined && Date.parse(token.expires_on) <= now) return 'expired'
  if (token.not_before !== undefined && Date.parse(token.not_before) > now) return 'disabled'
  return token.status
}

/** What a condition demands of the client's address. */
export function addressesOf({ condition }: Pick<TokenDocument, 'condition'>): {
  readonly within: readonly string[]
  readonly outside: readonly string[]
} {
  const addresses = condition?.['request.ip'] ?? condition?.request_ip
  return { within: addresses?.in ?? [], outside: addresses?.not_in ?? [] }
}

const PREFIX = 'tokens/'

export function tokenPath(id: string): string {
  return PREFIX + id
}

export function readToken(documents: Pick<DocumentsDraft, 'read'>, id: string): TokenDocument | undefined {
  // Only this file's callers write under this prefix.
  return documents.read(tokenPath(id)) as TokenDocument | undefined
}

/** All tokens, the oldest first. */
export function listTokens(documents: Pick<Documents, 'list'>): readonly TokenDocument[] {
  const tokens = documents.list(PREFIX).map(([, token]) => token as TokenDocument)
  return tokens.toSorted((a, b) => (a.issued_on < b.issued_on ? -1 : a.issued_on > b.issued_on ? 1 : 0))
}

/** 32 hex digits that nothing else has. */
export function newId(): string {
  return crypto.randomUUID().replaceAll('-', '')
}
