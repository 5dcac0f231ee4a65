// Page Rules, Cloudflare's rules before there were rulesets.  CF api/page_rules
//
// They are judged by their shape, kept and shown, so that the tools that have them can go on.  This edge does not act on
// them, and each answer that shows one says so and names what does the same.

import { z } from '@hono/zod-openapi'
import type { Documents } from '../../../config/index.ts'
import type { Notice } from '../../envelope.ts'
import type { BodyRule } from '../../operation.ts'
import { readBody } from '../../schema-body.ts'
import { keptNotice } from '../settings/setting.ts'

export const PAGE_RULES_PATH = '/zones/{zone_id}/pagerules'
export const PAGE_RULE_PATH = `${PAGE_RULES_PATH}/{pagerule_id}`
/** Cloudflare's largest plan. */
export const MAX_PAGE_RULES = 125

const OPERATORS = ['matches', 'contains', 'equals', 'not_equal', 'not_contain'] as const
const ACTIONS = [
  ...['always_online', 'always_use_https', 'automatic_https_rewrites', 'browser_cache_ttl', 'browser_check'],
  ...['bypass_cache_on_cookie', 'cache_by_device_type', 'cache_deception_armor', 'cache_key_fields', 'cache_level'],
  ...['cache_on_cookie', 'cache_ttl_by_status', 'disable_apps', 'disable_performance', 'disable_security'],
  ...['disable_zaraz', 'edge_cache_ttl', 'email_obfuscation', 'explicit_cache_control', 'forwarding_url'],
  ...['host_header_override', 'ip_geolocation', 'mirage', 'opportunistic_encryption', 'origin_error_page_pass_thru'],
  ...['polish', 'resolve_override', 'respect_strong_etag', 'response_buffering', 'rocket_loader', 'security_level'],
  ...['sort_query_string_for_cache', 'ssl', 'true_client_ip_header', 'waf'],
] as const

const TARGET = z.object({
  target: z.literal('url', { error: 'a target is a url; write "url"' }).default('url'),
  constraint: z.object({
    operator: z.enum(OPERATORS, { error: `the operator is not known; use ${OPERATORS.join(', ')}` }),
    value: z.string().min(1).max(2048),
  }),
})
const ACTION = z.object({
  id: z.enum(ACTIONS, { error: `the action is not known; use ${ACTIONS.join(', ')}` }),
  value: z.unknown().optional(),
})
const MEMBERS = {
  targets: z.array(TARGET).min(1).max(1),
  actions: z.array(ACTION).min(1).max(50),
  priority: z.int().min(1).max(1_000_000),
  status: z.enum(['active', 'disabled'], { error: 'status is not known; use active or disabled' }),
}
const WHOLE = z.object({
  ...MEMBERS,
  priority: MEMBERS.priority.default(1),
  status: MEMBERS.status.default('disabled'),
})
const PART = z.object(MEMBERS).partial()

export type PageRuleFields = z.output<typeof WHOLE>
export type PageRule = PageRuleFields & {
  readonly id: string
  readonly created_on: string
  readonly modified_on: string
}

export const WHOLE_BODY: BodyRule<PageRuleFields, unknown> = { schema: WHOLE, parse: (json) => readBody(WHOLE, json) }
export const PART_BODY: BodyRule<z.output<typeof PART>, unknown> = {
  schema: PART,
  parse: (json) => readBody(PART, json),
}

export const PAGE_RULE_RESULT = z.object({
  ...MEMBERS,
  id: z.string(),
  created_on: z.string(),
  modified_on: z.string(),
})

export const NOTICES: readonly Notice[] = [keptNotice('page rules are superseded by rulesets; this one is')]

export function pageRulePath(zone: string, id: string): string {
  return `zones/${zone}/page_rules/${id}`
}

export function readPageRule(documents: Pick<Documents, 'read'>, zone: string, id = ''): PageRule | undefined {
  // Only this folder writes there.
  return documents.read(pageRulePath(zone, id)) as PageRule | undefined
}

export function listPageRules(documents: Pick<Documents, 'list'>, zone: string): readonly PageRule[] {
  return documents.list(pageRulePath(zone, '')).map(([, rule]) => rule as PageRule)
}
