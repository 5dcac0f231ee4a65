// Where origin servers are, by their address, for choosing an upper tier.  CF api/cache/origin_cloud_regions
//
// Kept and shown: this edge has one tier, so it acts on none, and every answer that shows one says so.

import { z } from '@hono/zod-openapi'
import { fail, ok, type Result } from '../../../base/index.ts'
import type { Documents, DocumentsDraft } from '../../../config/index.ts'
import { isIpv4, isIpv6 } from '../../../http/index.ts'
import type { Notice } from '../../envelope.ts'
import type { ApiProblem } from '../../errors.ts'
import { keptNotice } from '../settings/setting.ts'

export const REGIONS_PATH = '/zones/{zone_id}/origin/cloud_regions'
export const REGION_PATH = `${REGIONS_PATH}/{origin_ip}`
export const BATCH_PATH = `${REGIONS_PATH}/batch`

/** CF cache/how-to/tiered-cache */
export const MAX_BATCH = 100
export const MAX_REGIONS = 3_500

export const VENDORS = ['aws', 'azure', 'gcp', 'oci'] as const

/** Names of regions as the four vendors write them. */
const REGION_NAME = /^[a-z0-9][a-z0-9-]{1,62}$/

export type CloudRegion = {
  readonly origin_ip: string
  readonly region: string
  readonly vendor: (typeof VENDORS)[number]
  readonly modified_on: string
}

export const REGION_SCHEMA = z.object({
  origin_ip: z.string({ error: 'origin_ip is missing; write an address' }),
  region: z
    .string({ error: 'region is missing; write for example "us-east-1"' })
    .regex(REGION_NAME, { error: 'region is no name of a region; write for example "us-east-1"' }),
  vendor: z.enum(VENDORS, { error: `vendor is not known; use ${VENDORS.join(', ')}` }),
})

export const REGION_RESULT = REGION_SCHEMA.extend({ modified_on: z.string() })

const BATCH_ITEM = z.object({
  origin_ip: z.string(),
  region: z.string().optional(),
  vendor: z.string().optional(),
  error: z.string().optional(),
})
export const BATCH_RESULT = z.object({ succeeded: z.array(BATCH_ITEM), failed: z.array(BATCH_ITEM) })
export type BatchItem = z.output<typeof BATCH_ITEM>

export const NOTICES: readonly Notice[] = [keptNotice('the region of an origin is')]

/** The address in its one spelling, or what is wrong with it. */
export function parseOriginIp(text: string): Result<string, readonly ApiProblem[]> {
  if (isIpv4(text)) return ok(text)
  // As a URL writes it: RFC 5952.
  if (isIpv6(text)) return ok(new URL(`http://[${text}]/`).hostname.slice(1, -1))
  const message = `${JSON.stringify(text.slice(0, 60))} is no IP address`
  return fail([{ kind: 'invalid-body', message, pointer: '/origin_ip' }])
}

export function regionPath(zone: string, address: string): string {
  return `zones/${zone}/cloud_regions/${address}`
}

export function readRegion(documents: Pick<Documents, 'read'>, zone: string, address: string): CloudRegion | undefined {
  // Only this folder writes there.
  return documents.read(regionPath(zone, address)) as CloudRegion | undefined
}

export function listRegions(documents: Pick<Documents, 'list'>, zone: string): readonly CloudRegion[] {
  return documents.list(regionPath(zone, '')).map(([, region]) => region as CloudRegion)
}

/** Whether the zone has room for one more. */
export function hasRoom(draft: Pick<DocumentsDraft, 'paths'>, zone: string): boolean {
  return draft.paths(regionPath(zone, '')).length < MAX_REGIONS
}
