// The calls of Terraform's provider, of which each resource is one life: create, read, plan (read again), change, read,
// delete, read.  Between them the provider sends back what it was told: read-only members, and null for what nobody set.
// It finds a difference where a read does not tell what was written, and then never comes to rest.

import { afterEach, beforeEach, describe, expect, test } from 'bun:test'
import { createHash } from 'node:crypto'
import { type Edge, startEdge, zoneId } from '../support/edge/index.ts'
import { get, type Origin, startOrigin } from '../support/index.ts'

const ACCOUNT = createHash('sha256').update('account:varyant').digest('hex').slice(0, 32)
const HOST = 'example.com'
const ZONE = `/zones/${zoneId(HOST)}`

type Json = Record<string, unknown>

let edge: Edge
let origin: Origin
beforeEach(async () => {
  origin = await startOrigin()
  origin.on('*', { fields: [['Cache-Control', 'max-age=60']], body: 'x' })
  edge = await startEdge({ zones: [{ name: HOST, origins: { [HOST]: origin.url } }] })
})
afterEach(async () => {
  await edge.stop()
  await origin.close()
})

async function call(method: string, path: string, body?: unknown): Promise<Json> {
  const answer = await edge.api(method, path, body)
  if (answer.status === 204) return {}
  const { success, result, errors } = JSON.parse(answer.text)
  if (success !== true) throw new Error(`${method} ${path}: ${answer.status} ${JSON.stringify(errors)}`)
  return result
}

async function statusOf(path: string): Promise<number> {
  return (await edge.api('GET', path)).status
}

/** The resource without the members that each write renews. */
function settled(resource: Json): Json {
  const {
    modified_on: _,
    version: __,
    last_updated: ___,
    comment_modified_on: ____,
    tags_modified_on: _____,
    ...rest
  } = resource
  return rest
}

test('cloudflare_zone', async () => {
  const made = await call('POST', '/zones', { account: { id: ACCOUNT }, name: 'tf.example', type: 'full' })
  const path = `/zones/${made.id}`
  expect(await call('GET', path)).toEqual(made)
  // A list with a filter is how its data source finds it.
  expect(await call('GET', `/zones?name=tf.example&account.id=${ACCOUNT}`)).toMatchObject([{ id: made.id }])
  const paused = await call('PATCH', path, { paused: true, type: null, vanity_name_servers: null })
  expect(settled(paused)).toEqual({ ...settled(made), paused: true })
  expect(await call('GET', path)).toEqual(paused)
  expect(await call('DELETE', path)).toEqual({ id: made.id })
  expect(await statusOf(path)).toBe(404)
})

describe('cloudflare_dns_record', () => {
  const NULLS = { comment: null, data: null, priority: null, private_routing: null, settings: null, tags: null }

  test.each([
    ['A', { type: 'A', content: '192.0.2.1', proxied: true, ttl: 1 }],
    ['CNAME', { type: 'CNAME', content: 'origin.example.net', proxied: false, ttl: 300 }],
    ['MX', { type: 'MX', content: 'mail.example.com', priority: 10, ttl: 300 }],
    ['TXT', { type: 'TXT', content: '"v=spf1 -all"', ttl: 1, comment: 'mail', tags: ['owner:mail'] }],
    ['SRV', { type: 'SRV', ttl: 60, data: { priority: 1, weight: 2, port: 443, target: 'a.example.com' } }],
    ['CAA', { type: 'CAA', ttl: 60, data: { flags: 0, tag: 'issue', value: 'ca.example.net' } }],
  ])('of type %s', async (_, fields) => {
    const name = fields.type === 'SRV' ? '_https._tcp.example.com' : 'a.example.com'
    const made = await call('POST', `${ZONE}/dns_records`, { ...NULLS, name, ...fields })
    expect(made).toMatchObject({ name, ...fields })
    const path = `${ZONE}/dns_records/${made.id}`
    expect(await call('GET', path)).toEqual(made)
    // All that was told, sent back.
    expect(settled(await call('PUT', path, { ...NULLS, ...made }))).toEqual(settled(made))
    expect(settled(await call('PATCH', path, made))).toEqual(settled(made))
    const changed = await call('PUT', path, { ...NULLS, ...made, comment: 'changed' })
    expect(changed).toMatchObject({ ...fields, comment: 'changed' })
    expect(await call('GET', path)).toEqual(changed)
    await call('DELETE', path)
    expect(await statusOf(path)).toBe(404)
  })
})

test('cloudflare_ruleset', async () => {
  const NULLS = { action_parameters: null, logging: null, ratelimit: null, exposed_credential_check: null }
  const rules = [
    {
      ...NULLS,
      action: 'set_cache_settings',
      action_parameters: { cache: true, browser_ttl: { mode: 'override_origin', default: 100 } },
      description: 'one',
      enabled: true,
      expression: 'true',
      ref: 'one',
    },
    { ...NULLS, action: 'set_cache_settings', action_parameters: { cache: false }, enabled: false, expression: 'true' },
  ]
  const body = { kind: 'zone', name: 'tf', phase: 'http_request_cache_settings', description: 'by terraform', rules }
  const made = await call('POST', `${ZONE}/rulesets`, body)
  const path = `${ZONE}/rulesets/${made.id}`
  expect(made).toMatchObject({ ...body, rules: [{ ref: 'one' }, { enabled: false, description: '' }] } as object)
  expect(await call('GET', path)).toEqual(made)
  const seen = await get(`${edge.url}/page`, [['Host', HOST]])
  expect(seen.field('Cache-Control')).toBe('max-age=100')

  // Sent back whole, it is the same: rules keep their ids and their versions.
  const again = await call('PUT', path, withNulls(made, NULLS))
  expect(settled(again)).toEqual(settled(made))
  expect([made.version, again.version]).toEqual(['1', '2'])
  // Without ids, by ref: the first keeps its id, and the change is live.
  const [first] = made.rules as Json[]
  const changed = await call('PUT', path, {
    ...body,
    rules: [
      { ...rules[0], action_parameters: { cache: true, browser_ttl: { mode: 'override_origin', default: 200 } } },
    ],
  })
  expect(changed.rules).toMatchObject([{ id: first?.id, version: '2' }])
  expect((await get(`${edge.url}/page`, [['Host', HOST]])).field('Cache-Control')).toBe('max-age=200')
  await call('DELETE', path)
  expect(await statusOf(path)).toBe(404)
})

function withNulls(ruleset: Json, nulls: Json): Json {
  return { ...ruleset, rules: (ruleset.rules as Json[]).map((rule) => ({ ...nulls, ...rule })) }
}

test.each([
  ['browser_cache_ttl', 7200, 0],
  ['ssl', 'strict', 'full'],
  ['development_mode', 'on', 'off'],
  ['always_online', 'on', 'off'],
  ['min_tls_version', '1.2', '1.0'],
  ['security_header', { strict_transport_security: { enabled: true, max_age: 60 } }, undefined],
  ['aegis', { enabled: true, pool_id: 'a' }, { enabled: false, pool_id: '' }],
  ['ciphers', ['ECDHE-RSA-AES128-GCM-SHA256'], []],
])('cloudflare_zone_setting %s', async (id, value, back) => {
  const path = `${ZONE}/settings/${id}`
  const before = await call('GET', path)
  expect(before.id).toBe(id)
  const set = await call('PATCH', path, { id, value, editable: null, modified_on: null, time_remaining: null })
  expect(set).toMatchObject({ id, value, editable: true, modified_on: expect.any(String) })
  expect(await call('GET', path)).toEqual(set)
  expect(settled(await call('PATCH', path, set))).toEqual(settled(set))
  if (back !== undefined) expect((await call('PATCH', path, { value: back })).value).toEqual(back)
})

test('cloudflare_api_token', async () => {
  const resources = { [`com.cloudflare.api.account.zone.${zoneId(HOST)}`]: '*' }
  const [group] = (await call('GET', '/user/tokens/permission_groups?name=Cache%20Purge')) as unknown as Json[]
  const policies = [{ effect: 'allow', permission_groups: [{ id: group?.id }], resources }]
  const body = { name: 'tf', policies, condition: null, expires_on: null, not_before: null, status: null }
  const { value, ...made } = await call('POST', '/user/tokens', body)
  expect(value).toEqual(expect.any(String))
  const path = `/user/tokens/${made.id}`
  expect(await call('GET', path)).toEqual(made)
  expect(settled(await call('PUT', path, { ...body, ...made }))).toEqual(settled(made))
  expect(await call('PUT', path, { ...made, status: 'disabled' })).toMatchObject({ status: 'disabled', policies })
  await call('DELETE', path)
  expect(await statusOf(path)).toBe(404)
})

test('cloudflare_tiered_cache, cloudflare_url_normalization_settings and cloudflare_managed_transforms', async () => {
  const smart = `${ZONE}/cache/tiered_cache_smart_topology_enable`
  expect(await statusOf(smart)).toBe(404)
  const set = await call('POST', smart, { value: 'on' })
  expect(await call('GET', smart)).toEqual(set)
  expect(settled(await call('PATCH', smart, set))).toEqual(settled(set))
  await call('DELETE', smart)
  expect(await statusOf(smart)).toBe(404)

  const normalization = await call('PUT', `${ZONE}/url_normalization`, { scope: 'both', type: 'rfc3986' })
  expect(await call('GET', `${ZONE}/url_normalization`)).toEqual(normalization)

  const on = { id: 'add_security_headers', enabled: true }
  const managed = await call('PATCH', `${ZONE}/managed_headers`, {
    managed_request_headers: [],
    managed_response_headers: [on],
  })
  expect(managed.managed_response_headers).toEqual(expect.arrayContaining([expect.objectContaining(on)]))
  expect(await call('GET', `${ZONE}/managed_headers`)).toEqual(managed)
  expect(await call('PATCH', `${ZONE}/managed_headers`, managed)).toEqual(managed)
})

test('cloudflare_page_rule', async () => {
  const body = {
    targets: [{ target: 'url', constraint: { operator: 'matches', value: 'example.com/*' } }],
    actions: [{ id: 'cache_level', value: 'bypass' }, { id: 'disable_apps' }],
    priority: 1,
    status: 'active',
  }
  const made = await call('POST', `${ZONE}/pagerules`, body)
  const path = `${ZONE}/pagerules/${made.id}`
  expect(await call('GET', path)).toEqual(made)
  expect(settled(await call('PUT', path, made))).toEqual(settled(made))
  await call('DELETE', path)
  expect(await statusOf(path)).toBe(404)
})
