// The official SDK against a running edge: what its calls answer, and what the edge serves afterwards.

import { describe, expect, test } from 'bun:test'
import { type Scene, startScene, ZONE, zoneId } from '../support/edge/index.ts'
import { all, refusal } from './calls.ts'
import { makeFourth, makeNewest, type Sdk, type SdkOptions } from './clients.ts'

const LINES: readonly [string, (options: SdkOptions) => Sdk][] = [
  ['the newest SDK', makeNewest],
  ['the SDK of the 4.x line', makeFourth],
]
/** The token of the edge under test. */
const TOKEN = 'e2e-token'
const ID = zoneId(ZONE)
const CACHE_PURGE = 'e17beae8b8cb423a99b1730f21238bed'
const ORIGIN = 'https://a.example'
const rule = (description: string) => ({
  action: 'set_cache_settings',
  expression: 'true',
  description,
  action_parameters: { cache: true },
})

/** A site of which everything is stored, with and without Origin. */
async function site(config: Readonly<Record<string, unknown>> = {}): Promise<Scene> {
  const scene = await startScene({ cache: { cache: true }, config })
  scene.origin.on('*', {
    fields: [
      ['Cache-Control', 'max-age=60'],
      ['Cache-Tag', 'all'],
    ],
    body: 'x',
  })
  scene.origin.on('/tagged', {
    fields: [
      ['Cache-Control', 'max-age=60'],
      ['Cache-Tag', 'red,blue'],
    ],
    body: 'x',
  })
  for (const target of TARGETS) {
    await scene.get(target)
    await scene.get(target, [['Origin', ORIGIN]])
  }
  return scene
}

const TARGETS = ['/a', '/foo/b', '/foobar', '/tagged'] as const

/** Which of the stored became a MISS. */
async function gone(scene: Scene): Promise<string[]> {
  const missed: string[] = []
  for (const target of TARGETS) {
    if ((await scene.get(target)).cacheStatus !== 'HIT') missed.push(target)
    if ((await scene.get(target, [['Origin', ORIGIN]])).cacheStatus !== 'HIT') missed.push(`${target} with Origin`)
  }
  return missed
}

const optionsOf = (scene: Scene, apiToken = TOKEN): SdkOptions => ({
  apiToken,
  baseURL: `${scene.edge.apiUrl}/client/v4`,
  maxRetries: 0,
})

describe.each(LINES)('%s', (_, makeSdk) => {
  const everything = TARGETS.flatMap((target) => [target, `${target} with Origin`])

  test.each([
    ['a URL', { files: [`http://${ZONE}/a`] }, ['/a']],
    [
      'URLs with and without headers, mixed',
      { files: [`http://${ZONE}/a`, { url: `http://${ZONE}/foo/b`, headers: { Origin: ORIGIN } }] },
      ['/a', '/foo/b with Origin'],
    ],
    ['all variants of a URL', { files: [{ url: `http://${ZONE}/a`, variants: 'all' }] }, ['/a', '/a with Origin']],
    ['a tag', { tags: ['RED'] }, ['/tagged', '/tagged with Origin']],
    ['a host', { hosts: [ZONE] }, everything],
    ['a prefix', { prefixes: [`${ZONE}/foo`] }, ['/foo/b', '/foo/b with Origin']],
    ['everything', { purge_everything: true }, everything],
    ['what is not there', { tags: ['green'] }, []],
  ] as const)('purges %s, and nothing else', async (_title, body, expected) => {
    await using scene = await site()
    expect(await makeSdk(optionsOf(scene)).purge(ID, body)).toMatchObject({ id: ID, variants: expected.length })
    expect(await gone(scene)).toEqual([...expected])
  })

  test('throws what clients expect, and nothing goes', async () => {
    await using scene = await site()
    const sdk = makeSdk(optionsOf(scene))
    expect(await refusal(sdk.purge(ID, {}))).toEqual([400, 1012])
    expect(await refusal(sdk.purge(ID, { files: ['/a'] }))).toEqual([400, 1016])
    expect(await refusal(sdk.purge(ID, { tags: ['a'], hosts: [ZONE] }))).toEqual([400, 1013])
    expect(await refusal(sdk.purge('0'.repeat(32), { tags: ['a'] }))).toEqual([404, 1001])
    expect(await refusal(makeSdk(optionsOf(scene, 'wrong')).purge(ID, { tags: ['a'] }))).toEqual([403, 10000])
    expect(await refusal(makeSdk(optionsOf(scene, 'wrong')).verify())).toEqual([401, 1000])
    expect(await gone(scene)).toEqual([])
  })

  test('is told to wait when the allowance is used up', async () => {
    await using scene = await site({ api: { listen: '127.0.0.1:0', purge_rate_limit: 'free' } })
    const sdk = makeSdk(optionsOf(scene))
    for (let i = 0; i < 25; i += 1) await sdk.purge(ID, { tags: ['green'] })
    expect(await refusal(sdk.purge(ID, { purge_everything: true }))).toEqual([429, 1025])
    expect(await gone(scene)).toEqual([])
  })

  test('makes, reads, updates, rolls and deletes tokens, and a purge-only token purges only', async () => {
    await using scene = await site()
    const sdk = makeSdk(optionsOf(scene))
    expect(await sdk.verify()).toMatchObject({ status: 'active' })
    const [group] = (await all(sdk.permissionGroups())).filter(({ name }) => name === 'Cache Purge')
    expect(group?.id).toBe(CACHE_PURGE)
    const body = {
      name: 'purge only',
      expires_on: '2126-01-01T00:00:00Z',
      condition: { request_ip: { in: ['127.0.0.0/8', '::1/128'] } },
      policies: [
        {
          effect: 'allow',
          resources: { [`com.cloudflare.api.account.zone.${ID}`]: '*' },
          permission_groups: [{ id: CACHE_PURGE }],
        },
      ],
    }
    const { id = '', value = '' } = await sdk.createToken(body)
    expect(await sdk.getToken(id)).toMatchObject({
      id,
      name: 'purge only',
      status: 'active',
      condition: body.condition,
    })
    expect((await all(sdk.tokens())).map((token) => token.id)).toEqual([id])

    const purger = makeSdk(optionsOf(scene, value))
    expect(await purger.verify()).toMatchObject({ id, status: 'active' })
    await purger.purge(ID, { tags: ['red'] })
    expect(await gone(scene)).toEqual(['/tagged', '/tagged with Origin'])
    expect(await refusal(purger.purge(zoneId('example.org'), { tags: ['a'] }))).toEqual([403, 9109])
    expect(await refusal(purger.getEntryPoint(ID))).toEqual([403, 9109])
    expect(await refusal(all(purger.tokens()))).toEqual([403, 9109])
    expect(await refusal(purger.createToken(body))).toEqual([403, 9109])

    const rolled = makeSdk(optionsOf(scene, await sdk.rollToken(id)))
    expect(await refusal(purger.verify())).toEqual([401, 1000])
    expect(await rolled.verify()).toMatchObject({ id })
    expect(await sdk.updateToken(id, { ...body, status: 'disabled' })).toMatchObject({ status: 'disabled' })
    expect(await refusal(rolled.purge(ID, { purge_everything: true }))).toEqual([403, 10000])
    expect(await gone(scene)).toEqual([])
    expect(await sdk.deleteToken(id)).toEqual({ id })
    expect(await refusal(sdk.getToken(id))).toEqual([404, 1002])
  })

  test('keeps rulesets, rules, versions and entry points', async () => {
    await using scene = await startScene()
    const sdk = makeSdk(optionsOf(scene))
    expect(await refusal(sdk.getEntryPoint(ID))).toEqual([404, 10003])
    expect(await all(sdk.entryPointVersions(ID))).toEqual([])
    const made = await sdk.putEntryPoint(ID, { rules: [rule('a')] })
    expect(made.version).toBe('1')
    expect(await sdk.getEntryPoint(ID)).toEqual(made)
    const other = await sdk.createRuleset(ID, { kind: 'zone', name: 'limits', phase: 'http_ratelimit', rules: [] })
    // Page by page: the SDK follows the cursor.
    expect((await all(sdk.rulesets(ID))).map(({ id }) => id).toSorted()).toEqual([made.id, other.id].toSorted())

    const added = await sdk.addRule(ID, made.id, { ...rule('b'), position: { index: 1 } })
    expect(added.rules?.map(({ description }) => description)).toEqual(['b', 'a'])
    const b = added.rules?.[0]?.id ?? ''
    const moved = await sdk.editRule(ID, made.id, b, { position: { after: '' } })
    expect(moved.rules?.map(({ description }) => description)).toEqual(['a', 'b'])
    expect((await sdk.deleteRule(ID, made.id, b)).rules?.length).toBe(1)
    expect((await sdk.updateRuleset(ID, made.id, { rules: [] })).version).toBe('5')
    expect((await sdk.version(ID, made.id, '2')).rules?.length).toBe(2)
    await sdk.deleteVersion(ID, made.id, '2')
    expect(await refusal(sdk.version(ID, made.id, '2'))).toEqual([404, 20103])
    expect((await all(sdk.entryPointVersions(ID))).map(({ version }) => version)).toEqual(['1', '3', '4', '5'])

    expect(await refusal(sdk.putEntryPoint(ID, { rules: [{ ...rule('c'), expression: '(' }] }))).toEqual([400, 20104])
    await sdk.deleteRuleset(ID, made.id)
    expect(await refusal(sdk.getRuleset(ID, made.id))).toEqual([404, 20101])
  })
})
