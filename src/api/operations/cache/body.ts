// The body that purge_cache and invalidate_cache share, and what is done with it.

import { z } from '@hono/zod-openapi'
import type { Allowance, PurgeAction, PurgeRequest, Survey } from '../../../purge/index.ts'
import { MAX_ITEMS, MAX_WALKED_VARIANTS } from '../../../purge/index.ts'
import { readDryRun } from '../../dry-run.ts'
import { type Notice, type Outcome, refuse, succeed } from '../../envelope.ts'
import type { ApiZone, BodyRule, Received, ZoneCall } from '../../operation.ts'

const FILE = z.union([
  z.string(),
  z.object({
    url: z.string(),
    headers: z.record(z.string(), z.string()).optional(),
    variants: z.literal('all').optional(),
  }),
])

/** For the document; purge/ itself judges bodies, with better sentences than a schema has. */
const SCHEMA = z.union([
  z.object({ purge_everything: z.literal(true) }),
  z.object({ files: z.array(FILE).min(1).max(MAX_ITEMS.files) }),
  z.object({ tags: z.array(z.string()).min(1).max(MAX_ITEMS.tags) }),
  z.object({ hosts: z.array(z.string()).min(1).max(MAX_ITEMS.hosts) }),
  z.object({ prefixes: z.array(z.string()).min(1).max(MAX_ITEMS.prefixes) }),
])

export const PURGE_BODY: BodyRule<PurgeRequest, Received & { readonly zone: ApiZone }> = {
  schema: SCHEMA,
  parse: (json, { zone, services }) => services.purger.parse(zone, json),
}

const LIMIT = MAX_WALKED_VARIANTS.toLocaleString('en')

/** Said beside `origins: null`. */
const ORIGINS_NOT_COUNTED: Notice = {
  code: 1191,
  message: `everything named is purged; whose copies it took was not counted, because more than ${LIMIT} responses are stored: a dry run before the purge counts them`,
}

export const PURGE_RESULT = z.object({
  id: z.string(),
  variants: z.int().nullable().openapi({ description: 'null: not counted in time' }),
  bodies: z.int().nullable(),
  origins: z
    .array(z.object({ origin: z.string().nullable(), variants: z.int() }))
    .nullable()
    .optional()
    .openapi({
      description: `Whose copies, for files with variants "all"; "*": shared by every Origin; null: not counted, because more than ${LIMIT} responses are stored (a dry run counts them)`,
    }),
  dry_run: z.literal(true).optional(),
  responses: z
    .array(z.object({ url: z.string(), key: z.string(), status: z.int(), tags: z.array(z.string()) }))
    .optional(),
})

/** Purges, invalidates, or tells what would go; `result.id` is the zone's, as it has always been. */
export async function applyTo(call: ZoneCall<PurgeRequest>, action: PurgeAction): Promise<Outcome> {
  const { zone, body, services } = call
  const dryRun = readDryRun(call.query)
  if (!dryRun.ok) return dryRun
  const drawn = services.purgeAllowance.draw(body)
  if (!drawn.ok) return refuseForNow(drawn.problem)
  const fields = drawn.value === undefined ? {} : limitFields(drawn.value)
  if (dryRun.value) {
    const surveyed = await services.purger.survey(zone, body)
    return surveyed.ok ? succeed(showSurvey(zone, body, surveyed.value), { fields }) : surveyed
  }
  const isWhole = namesAllVariants(body)
  const origins = isWhole ? ((await services.purger.origins(zone, body)) ?? null) : undefined
  const receipt = services.purger.apply(zone, action, body)
  if (!receipt.ok) return receipt
  const { variants = null, bodies = null } = receipt.value.took
  const messages = origins === null ? [ORIGINS_NOT_COUNTED] : []
  return succeed({ id: zone.id, variants, bodies, ...(origins !== undefined && { origins }) }, { fields, messages })
}

function namesAllVariants(body: PurgeRequest): boolean {
  return body.kind === 'files' && body.files.some(({ variants }) => variants === 'all')
}

function showSurvey(zone: ApiZone, body: PurgeRequest, { variants, bodies, listed, origins }: Survey): object {
  const responses = listed.map(({ key, location, status, tags }) => {
    const { scheme, host, path, query } = location
    return { url: `${scheme}://${host}${path}${query}`, key, status, tags }
  })
  const whose = namesAllVariants(body) ? { origins } : {}
  return { id: zone.id, dry_run: true, variants, bodies, ...whose, responses }
}

/** CF fundamentals/api/reference/limits */
export function limitFields({ limit, remaining, fullAt }: Allowance): Readonly<Record<string, string>> {
  return {
    'x-ratelimit-limit': String(limit),
    'x-ratelimit-remaining': String(remaining),
    'x-ratelimit-reset': new Date(fullAt).toUTCString(),
  }
}

export function refuseForNow(allowance: Allowance): Outcome {
  const { retryAfter } = allowance
  return refuse('purge-rate-limited', {
    // CF quirk, kept verbatim.
    message: `Rate limit enforced for cache purge. (You can try again in ${retryAfter} seconds.)`,
    fields: { ...limitFields(allowance), 'retry-after': String(retryAfter) },
  })
}
