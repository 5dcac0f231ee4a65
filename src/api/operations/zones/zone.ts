// What the operations on zones share: Cloudflare's zone object, and the table of what can go wrong.

import { z } from '@hono/zod-openapi'
import { ACCOUNT_ID, type ZoneProblem, type ZoneView } from '../../../config/index.ts'
import { type Outcome, refuse } from '../../envelope.ts'
import { ACCOUNT_NAME } from '../accounts/account.ts'

export const ZONES_PATH = '/zones'
export const ZONE_PATH = '/zones/{zone_id}'

export const ZONE_RESULT = z.looseObject({
  id: z.string(),
  name: z.string(),
  status: z.string(),
  paused: z.boolean(),
  type: z.string(),
  development_mode: z.int(),
  created_on: z.string(),
  modified_on: z.string(),
})

const NAME_SERVERS = ['ns1.varyant.invalid', 'ns2.varyant.invalid']

/** Nobody pays here: everything is available. */
export const PLAN = {
  id: 'varyant',
  name: 'Varyant',
  price: 0,
  currency: 'USD',
  frequency: '',
  legacy_id: 'enterprise',
  can_subscribe: false,
  is_subscribed: true,
  externally_managed: false,
  legacy_discount: false,
}

const META = {
  cdn_only: false,
  custom_certificate_quota: 0,
  dns_only: false,
  foundation_dns: false,
  page_rule_quota: 0,
  phishing_detected: false,
  step: 2,
}

export function showZone(zone: ZoneView): object {
  const created = new Date(zone.created_on).toISOString()
  return {
    id: zone.id,
    name: zone.name,
    status: 'active',
    paused: zone.paused,
    type: zone.type,
    development_mode: zone.developmentMode,
    name_servers: NAME_SERVERS,
    original_name_servers: null,
    original_registrar: null,
    original_dnshost: null,
    created_on: created,
    activated_on: created,
    modified_on: new Date(zone.modified_on).toISOString(),
    vanity_name_servers: zone.vanity_name_servers,
    meta: META,
    owner: { id: ACCOUNT_ID, name: ACCOUNT_NAME, type: 'organization' },
    account: { id: ACCOUNT_ID, name: ACCOUNT_NAME },
    tenant: { id: null, name: null },
    tenant_unit: { id: null },
    permissions: [],
    plan: PLAN,
  }
}

export function refuseZone(problem: ZoneProblem): Outcome {
  switch (problem.kind) {
    case 'unknown':
      return refuse('unknown-zone')
    case 'bad-name':
      return refuse('bad-zone-name', { message: problem.message, pointer: '/name' })
    case 'exists':
      return refuse('zone-exists', { message: problem.message, pointer: '/name' })
    case 'bad-origin':
      return refuse('bad-origin', { message: problem.message, pointer: `/${escapePointer(problem.pattern)}` })
    case 'not-recorded':
      return refuse('not-recorded')
  }
}

/** RFC 6901 §3. */
function escapePointer(name: string): string {
  return name.replaceAll('~', '~0').replaceAll('/', '~1')
}
