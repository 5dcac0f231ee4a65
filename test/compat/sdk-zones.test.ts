// The official SDK drives zones, DNS, settings and switches of a running edge: what its calls answer, and what a visitor
// gets from the next request on.

import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { createHash } from 'node:crypto'
import Cloudflare from 'cloudflare'
import Cloudflare4 from 'cloudflare-4'
import { type Edge, startEdge, zoneId } from '../support/edge/index.ts'
import { get, type Origin, startOrigin } from '../support/index.ts'
import { all, type RefusedWith, refusal } from './calls.ts'
import type { SdkOptions } from './clients.ts'

const ACCOUNT = createHash('sha256').update('account:varyant').digest('hex').slice(0, 32)
const ZONE = 'example.com'
const zone_id = zoneId(ZONE)

/** The calls of these resources are spelt alike in both lines. */
const LINES: readonly (readonly [string, (options: SdkOptions) => Cloudflare])[] = [
  ['the newest SDK', (options) => new Cloudflare(options)],
  ['the SDK of the 4.x line', (options) => new Cloudflare4(options) as unknown as Cloudflare],
]

let origin: Origin
beforeAll(async () => {
  origin = await startOrigin()
  origin.on('*', { fields: [['Cache-Control', 'max-age=60']], body: 'x' })
})
afterAll(() => origin.close())

function start(): Promise<Edge> {
  return startEdge({ zones: [{ name: ZONE, origins: { [ZONE]: origin.url } }] })
}

/** What a visitor gets: the cache status, or the status when it is no success. */
async function visit(edge: Edge, path = '/a.css', host: string = ZONE): Promise<string | number | undefined> {
  const { status, cacheStatus } = await get(edge.url + path, [['Host', host]])
  return status === 200 ? cacheStatus : status
}

describe.each(LINES)('%s', (_, makeSdk) => {
  const connect = (edge: Edge): Cloudflare =>
    makeSdk({ apiToken: 'e2e-token', baseURL: `${edge.apiUrl}/client/v4`, maxRetries: 0 })

  test('makes a zone that serves, pauses it, and deletes it', async () => {
    await using edge = await start()
    const sdk = connect(edge)
    const zone = await sdk.zones.create({ account: { id: ACCOUNT }, name: 'Other.Example', type: 'full' })
    expect(zone).toMatchObject({ id: zoneId('other.example'), name: 'other.example', status: 'active', paused: false })
    expect(await visit(edge, '/a.css', 'other.example')).toBe(421)
    await sdk.put(`/zones/${zone.id}/origins`, { body: { '*.other.example': origin.url, 'other.example': origin.url } })
    expect(await visit(edge, '/a.css', 'www.other.example')).toBe('MISS')
    expect(await visit(edge, '/a.css', 'www.other.example')).toBe('HIT')
    expect(await sdk.zones.edit({ zone_id: zone.id, paused: true })).toMatchObject({ paused: true })
    expect(await visit(edge, '/a.css', 'www.other.example')).toBe('DYNAMIC')
    await sdk.zones.edit({ zone_id: zone.id, paused: false })
    expect(await visit(edge, '/a.css', 'www.other.example')).toBe('HIT')
    expect(await sdk.zones.activationCheck.trigger({ zone_id: zone.id })).toEqual({ id: zone.id })
    expect(await sdk.zones.delete({ zone_id: zone.id })).toEqual({ id: zone.id })
    expect(await visit(edge, '/a.css', 'www.other.example')).toBe(421)
    expect(await refusal(sdk.zones.get({ zone_id: zone.id }))).toEqual([404, 1001])
    expect(await refusal(sdk.zones.create({ account: { id: ACCOUNT }, name: ZONE }))).toEqual([400, 1061])
    // Nothing of it touched its neighbour.
    expect(await visit(edge)).toBe('MISS')
  })

  test('pages through lists to their end', async () => {
    await using edge = await start()
    const sdk = connect(edge)
    const names = ['a.test', 'b.test', 'c.test', 'd.test', 'e.test']
    for (const name of names) await sdk.zones.create({ account: { id: ACCOUNT }, name })
    expect((await all(sdk.zones.list({ per_page: 5 }))).map(({ name }) => name)).toEqual([ZONE, ...names])
    const sorted = await all(sdk.zones.list({ per_page: 5, order: 'name', direction: 'desc', name: 'ends_with:.test' }))
    expect(sorted.map(({ name }) => name)).toEqual(names.toReversed())
    expect(await all(sdk.accounts.list())).toMatchObject([{ id: ACCOUNT }])
    expect(await all(sdk.memberships.list())).toMatchObject([{ account: { id: ACCOUNT }, status: 'accepted' }])
    expect(await sdk.user.get()).toMatchObject({ id: ACCOUNT })
    const posts = Array.from({ length: 12 }, (_, n) => ({
      name: `n${n}`,
      type: 'TXT' as const,
      content: '"x"',
      ttl: 1 as const,
    }))
    await sdk.dns.records.batch({ zone_id, posts })
    expect(await all(sdk.dns.records.list({ zone_id, per_page: 5 }))).toHaveLength(12)
    expect(await all(sdk.zones.plans.list({ zone_id }))).toMatchObject([{ id: 'varyant' }])
  })

  test('makes a DNS record that serves its name, changes it, and removes it', async () => {
    await using edge = await start()
    const { records } = connect(edge).dns
    const host = `www.${ZONE}`
    // Ports 80 and 443 of this machine have no origin: that one is asked at all shows that the name is served.
    const made = await records.create({ zone_id, name: 'www', type: 'A', content: '127.0.0.1', proxied: true, ttl: 1 })
    expect(made).toMatchObject({ name: host, type: 'A', proxied: true, proxiable: true, ttl: 1 })
    expect(await visit(edge, '/', host)).toBe(521)
    expect(await records.get(made.id, { zone_id })).toEqual(made)
    await records.edit(made.id, { zone_id, name: 'www', type: 'A', content: '127.0.0.1', ttl: 300, proxied: false })
    expect(await visit(edge, '/', host)).toBe(421)
    const cname = { zone_id, name: 'www', type: 'CNAME' as const, content: ZONE, ttl: 1 as const, proxied: true }
    expect(await records.update(made.id, cname)).toMatchObject({ id: made.id, type: 'CNAME', content: ZONE })
    // A CNAME resolves inside the zone first, where `origins` says what the name leads to.
    expect(await visit(edge, '/b.css', host)).toBe('MISS')
    expect(await records.delete(made.id, { zone_id })).toEqual({ id: made.id })
    expect(await visit(edge, '/b.css', host)).toBe(421)
    expect(await refusal(records.get(made.id, { zone_id }))).toEqual([404, 81044])
    const bad = records.create({ zone_id, name: 'x', type: 'A', content: 'nonsense', ttl: 1 })
    expect(await refusal(bad)).toEqual([400, 9005])
  })

  test('changes records in a batch, all or none, exports them and imports them again', async () => {
    await using edge = await start()
    const { records } = connect(edge).dns
    const a = await records.create({ zone_id, name: 'a', type: 'A', content: '192.0.2.1', ttl: 1 })
    const b = await records.create({ zone_id, name: 'b', type: 'A', content: '192.0.2.2', ttl: 1 })
    const done = await records.batch({
      zone_id,
      deletes: [{ id: a.id }],
      patches: [{ id: b.id, comment: 'kept' } as never],
      posts: [{ name: 'c', type: 'MX', content: `mail.${ZONE}`, priority: 5, ttl: 300 }],
    })
    expect(done).toMatchObject({ deletes: [{ id: a.id }], patches: [{ comment: 'kept' }], posts: [{ priority: 5 }] })
    const half = records.batch({
      zone_id,
      deletes: [{ id: b.id }],
      posts: [{ name: 'd', type: 'A', content: 'x', ttl: 1 }],
    })
    expect(await refusal(half)).toEqual([400, 9005])
    expect((await all(records.list({ zone_id }))).map(({ name }) => name).toSorted()).toEqual([
      `b.${ZONE}`,
      `c.${ZONE}`,
    ])
    const text = await records.export({ zone_id })
    expect(text).toContain('192.0.2.2')
    for (const { id } of await all(records.list({ zone_id }))) await records.delete(id, { zone_id })
    const file = new File([text], 'zone.txt')
    expect(await records.import({ zone_id, file: file as never })).toEqual({ recs_added: 2, total_records_parsed: 2 })
    expect(await records.import({ zone_id, file: file as never })).toEqual({ recs_added: 0, total_records_parsed: 2 })
    expect((await all(records.list({ zone_id, type: 'MX' }))).map(({ name }) => name)).toEqual([`c.${ZONE}`])
    const found = await all(records.list({ zone_id, name: { startswith: 'b' }, content: { contains: '2.2' } }))
    expect(found).toHaveLength(1)
  })

  test('changes settings that the next request is served by', async () => {
    await using edge = await start()
    const { settings } = connect(edge).zones
    const set = (setting: string, value: unknown) => settings.edit(setting, { zone_id, value } as never)
    expect(await visit(edge)).toBe('MISS')
    expect(await visit(edge)).toBe('HIT')
    expect(await set('development_mode', 'on')).toMatchObject({
      id: 'development_mode',
      value: 'on',
      time_remaining: 10_800,
    })
    expect(await visit(edge)).toBe('DYNAMIC')
    expect(await set('development_mode', 'off')).toMatchObject({ value: 'off' })
    expect(await visit(edge)).toBe('HIT')
    expect(await visit(edge, '/a.css?b=1&a=2')).toBe('MISS')
    await set('sort_query_string_for_cache', 'on')
    expect(await visit(edge, '/a.css?b=1&a=2')).toBe('MISS')
    expect(await visit(edge, '/a.css?a=2&b=1')).toBe('HIT')
    await set('cache_level', 'simplified')
    expect([await visit(edge, '/a.css?y'), await visit(edge, '/a.css?z')]).toEqual(['MISS', 'HIT'])
    await set('browser_cache_ttl', 31_536_000)
    const answer = await get(`${edge.url}/a.css`, [['Host', ZONE]])
    expect(answer.field('Cache-Control')).toBe('max-age=31536000')
    expect(await settings.get('browser_cache_ttl', { zone_id })).toMatchObject({ value: 31_536_000, editable: true })
    expect(await refusal(set('cache_level', 'loud'))).toEqual([400, 6008])
    expect(await refusal(set('no_such_setting', 'on'))).toEqual([404, 1136])
    // What the edge does not act on is kept, and is no error to a tool.
    expect(await set('brotli', 'off')).toMatchObject({ id: 'brotli', value: 'off' })
  })

  test('turns the dedicated switches, with their oddities', async () => {
    await using edge = await start()
    const { argo, cache, urlNormalization, managedTransforms } = connect(edge)
    const on = { zone_id, value: 'on' as const }
    expect(await argo.tieredCaching.edit(on)).toMatchObject({ id: 'tiered_caching', value: 'on' })
    expect(await argo.smartRouting.edit(on)).toMatchObject({ value: 'on' })
    expect(await refusal(cache.smartTieredCache.get({ zone_id }))).toEqual([404, 1142])
    expect(await cache.smartTieredCache.edit(on)).toMatchObject({
      id: 'tiered_cache_smart_topology_enable',
      value: 'on',
    })
    expect(await cache.smartTieredCache.delete({ zone_id })).not.toHaveProperty('value')
    expect(await cache.regionalTieredCache.edit(on)).toMatchObject({ id: 'tc_regional', value: 'on' })
    expect(await refusal(cache.cacheReserve.clear(reserveOf(zone_id)))).toEqual([400, 1143])
    expect(await cache.cacheReserve.edit(on)).toMatchObject({ id: 'cache_reserve', value: 'on' })
    expect(await refusal(cache.cacheReserve.clear(reserveOf(zone_id)))).toEqual([400, 1143])
    await cache.cacheReserve.edit({ zone_id, value: 'off' })
    expect(await refusal(cache.cacheReserve.status({ zone_id }))).toEqual([404, 1142])
    expect(await cache.cacheReserve.clear(reserveOf(zone_id))).toMatchObject({
      id: 'cache_reserve_clear',
      state: 'Completed',
    })
    expect(await cache.cacheReserve.status({ zone_id })).toMatchObject({ state: 'Completed' })
    const value = { jpeg: ['image/webp', 'image/avif'] }
    expect(await cache.variants.edit({ zone_id, value })).toMatchObject({ id: 'variants', value })
    expect(await cache.variants.delete({ zone_id })).not.toHaveProperty('value')
    expect(await urlNormalization.update({ zone_id, scope: 'both', type: 'cloudflare' })).toEqual({
      scope: 'both',
      type: 'cloudflare',
    })
    await urlNormalization.delete({ zone_id })
    expect(await urlNormalization.get({ zone_id })).toEqual({ scope: 'incoming', type: 'rfc3986' })
    const headers = [{ id: 'remove_x-powered-by_header', enabled: true }]
    await managedTransforms.edit({ zone_id, managed_request_headers: [], managed_response_headers: headers })
    const { managed_response_headers: shown } = await managedTransforms.list({ zone_id })
    expect(shown).toEqual(expect.arrayContaining([expect.objectContaining(headers[0] ?? {})]))
    await managedTransforms.delete({ zone_id })
  })

  test('keeps rulesets of the account beside those of zones, page by page', async () => {
    await using edge = await start()
    const { rulesets } = connect(edge)
    const account = { account_id: ACCOUNT }
    const phase = 'http_request_cache_settings'
    const ids: string[] = []
    for (const name of ['a', 'b', 'c']) {
      const made = (await rulesets.create({ ...account, name, kind: 'custom', phase, rules: [] })) as { id: string }
      ids.push(made.id)
    }
    expect((await all(rulesets.list({ ...account, per_page: 1 }))).map(({ id }) => id).toSorted()).toEqual(
      ids.toSorted(),
    )
    expect(await rulesets.phases.update(phase, { ...account, rules: [] })).toMatchObject({ kind: 'root', version: '1' })
    expect(await refusal(rulesets.phases.get(phase, { zone_id }))).toEqual([404, 10003])
    await rulesets.delete(ids[0] ?? '', account)
    expect(await refusal(rulesets.get(ids[0] ?? '', account))).toEqual([404, 20101])
  })

  test('keeps page rules', async () => {
    await using edge = await start()
    const { pageRules } = connect(edge)
    const rule = {
      zone_id,
      targets: [{ target: 'url' as const, constraint: { operator: 'matches' as const, value: `${ZONE}/*` } }],
      actions: [{ id: 'cache_level' as const, value: 'bypass' as const }],
    }
    const { id } = await pageRules.create(rule)
    expect(await pageRules.list({ zone_id })).toMatchObject([{ id, status: 'disabled', priority: 1 }])
    expect(await pageRules.edit(id, { zone_id, status: 'active' })).toMatchObject({ status: 'active' })
    expect(await pageRules.update(id, rule)).toMatchObject({ id, status: 'disabled' })
    expect(await pageRules.delete(id, { zone_id })).toEqual({ id })
    expect(await refusal(pageRules.get(id, { zone_id }))).toEqual([404, 1146] satisfies RefusedWith)
  })
})

/** The 4.x line wants a body. */
function reserveOf(zone: string): { zone_id: string } {
  return { zone_id: zone, body: {} } as { zone_id: string }
}

test('the newest SDK keeps cloud regions of origins', async () => {
  await using edge = await start()
  const { originCloudRegions } = new Cloudflare({ apiToken: 'e2e-token', baseURL: `${edge.apiUrl}/client/v4` }).cache
  const region = { origin_ip: '192.0.2.1', region: 'us-east-1', vendor: 'aws' as const }
  expect(await originCloudRegions.update('192.0.2.1', { zone_id, ...region })).toMatchObject(region)
  expect(await originCloudRegions.bulkUpdate({ zone_id, body: [{ ...region, origin_ip: '192.0.2.2' }] })).toMatchObject(
    {
      succeeded: [{ origin_ip: '192.0.2.2' }],
    },
  )
  expect(await all(originCloudRegions.list({ zone_id, per_page: 1 }))).toHaveLength(2)
  expect(await originCloudRegions.delete('192.0.2.1', { zone_id })).toEqual({ origin_ip: '192.0.2.1' })
  expect(await refusal(originCloudRegions.get('192.0.2.1', { zone_id }))).toEqual([404, 1144])
  expect(await originCloudRegions.supportedRegions({ zone_id })).toMatchObject({ obtained_codes: false })
})

test('the newest SDK invalidates: what is stored is asked about, not fetched anew', async () => {
  await using edge = await start()
  const sdk = new Cloudflare({ apiToken: 'e2e-token', baseURL: `${edge.apiUrl}/client/v4` })
  origin.on('/soft.css', ({ fields }) =>
    fields.get('if-none-match') === undefined
      ? {
          fields: [
            ['Cache-Control', 'max-age=60'],
            ['ETag', '"a"'],
          ],
          body: 'x',
        }
      : { status: 304, fields: [['ETag', '"a"']] },
  )
  expect([await visit(edge, '/soft.css'), await visit(edge, '/soft.css'), await visit(edge)]).toEqual([
    'MISS',
    'HIT',
    'MISS',
  ])
  await sdk.cache.invalidate({ zone_id, prefixes: [`${ZONE}/soft.css`] })
  expect([await visit(edge, '/soft.css'), await visit(edge, '/soft.css'), await visit(edge)]).toEqual([
    'REVALIDATED',
    'HIT',
    'HIT',
  ])
})
