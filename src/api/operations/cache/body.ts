// The body that purge_cache and invalidate_cache share, and what is done with it.

import { z } from '@hono/zod-openapi'
import type { PurgeAction, PurgeRequest } from '../../../purge/index.ts'
import { MAX_ITEMS } from '../../../purge/index.ts'
import { type Outcome, succeed } from '../../envelope.ts'
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

export const PURGE_RESULT = z.object({ id: z.string() })

/** Purges or invalidates; `result.id` is the zone's, as it has always been. */
export function applyTo(call: ZoneCall<PurgeRequest>, action: PurgeAction): Outcome {
  const receipt = call.services.purger.apply(call.zone, action, call.body)
  return receipt.ok ? succeed({ id: call.zone.id }) : receipt
}
