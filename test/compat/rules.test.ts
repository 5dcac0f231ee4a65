// The official SDK puts, adds, patches, reorders and deletes rules in every phase that runs, and the edge shows the effect on
// the very next request.

import { describe, expect, test } from 'bun:test'
import { type Scene, startScene, ZONE, zoneId } from '../support/edge/index.ts'
import { makeSelfSigned, startOrigin } from '../support/index.ts'
import { makeFourth, makeNewest, type Ruleset, type Sdk, type SdkOptions } from './clients.ts'

const LINES: readonly [string, (options: SdkOptions) => Sdk][] = [
  ['the newest SDK', makeNewest],
  ['the SDK of the 4.x line', makeFourth],
]
const ID = zoneId(ZONE)

/** A phase by two rules that set one thing to different values, and what a request then shows. */
type Case = {
  readonly phase: string
  readonly rules: readonly [object, object, object]
  /** What a request shows under no rule, and under each of the three alone. */
  readonly shows: readonly [none: unknown, a: unknown, b: unknown, c: unknown]
  /** Of several that match: the first decides, or the last. */
  readonly decides: 'first' | 'last'
  look(scene: Scene): Promise<unknown>
}

let asked = 0

/** One request that nothing has in its store, and what the origin server was asked for it. */
async function ask(scene: Scene) {
  asked += 1
  const answer = await scene.get(`/a${asked}?x`)
  return { answer, seen: scene.origin.requests.at(-1) }
}

const header = (value: string) => ({
  action: 'rewrite',
  action_parameters: { headers: { 'X-Rule': { operation: 'set', value } } },
})
const three = (make: (name: string) => object): [object, object, object] => [make('a'), make('b'), make('c')]

const CASES: readonly Case[] = [
  {
    phase: 'http_request_dynamic_redirect',
    rules: three((name) => ({
      action: 'redirect',
      action_parameters: { from_value: { target_url: { value: `/${name}` } } },
    })),
    shows: [null, '/a', '/b', '/c'],
    decides: 'first',
    look: async (scene) => (await ask(scene)).answer.fields.get('location') ?? null,
  },
  {
    phase: 'http_request_transform',
    rules: three((name) => ({ action: 'rewrite', action_parameters: { uri: { query: { value: name } } } })),
    shows: ['x', 'a', 'b', 'c'],
    decides: 'last',
    look: async (scene) => (await ask(scene)).seen?.target.split('?')[1],
  },
  {
    phase: 'http_request_origin',
    rules: three((name) => ({ action: 'route', action_parameters: { host_header: `${name}.test` } })),
    shows: [ZONE, 'a.test', 'b.test', 'c.test'],
    decides: 'last',
    look: async (scene) => (await ask(scene)).seen?.field('host'),
  },
  {
    phase: 'http_request_late_transform',
    rules: three(header),
    shows: [undefined, 'a', 'b', 'c'],
    decides: 'last',
    look: async (scene) => (await ask(scene)).seen?.field('x-rule'),
  },
  {
    phase: 'http_request_cache_settings',
    rules: [10, 20, 30].map((ttl) => ({
      action: 'set_cache_settings',
      action_parameters: { cache: true, browser_ttl: { mode: 'override_origin', default: ttl } },
    })) as [object, object, object],
    shows: ['max-age=60', 'max-age=10', 'max-age=20', 'max-age=30'],
    decides: 'last',
    look: async (scene) => (await ask(scene)).answer.fields.get('cache-control'),
  },
  {
    phase: 'http_response_cache_settings',
    rules: [10, 20, 30].map((value) => ({
      action: 'set_cache_control',
      action_parameters: { 'max-age': { operation: 'set', value } },
    })) as [object, object, object],
    shows: ['max-age=60', 'max-age=10', 'max-age=20', 'max-age=30'],
    decides: 'last',
    look: async (scene) => (await ask(scene)).answer.fields.get('cache-control'),
  },
  {
    phase: 'http_response_headers_transform',
    rules: three(header),
    shows: [null, 'a', 'b', 'c'],
    decides: 'last',
    look: async (scene) => (await ask(scene)).answer.fields.get('x-rule') ?? null,
  },
]

describe.each(LINES)('%s', (_, makeSdk) => {
  const sdkOf = (scene: Scene) =>
    makeSdk({ apiToken: 'e2e-token', baseURL: `${scene.edge.apiUrl}/client/v4`, maxRetries: 0 })

  test.each(CASES.map((each) => [each.phase, each] as const))(
    'changes rules of %s',
    async (_phase, { phase, rules, shows, decides, look }) => {
      await using scene = await startScene()
      scene.origin.on('*', { fields: [['Cache-Control', 'max-age=60']], body: 'x' })
      const sdk = sdkOf(scene)
      const [none, a, b, c] = shows
      const place = decides === 'last' ? { after: '' } : { before: '' }
      const rule = (definition: object, more: object = {}) => ({
        expression: `http.host eq "${ZONE}"`,
        ...definition,
        ...more,
      })
      const idOf = ({ rules: all = [] }: Ruleset, ref: string) => all.find((each) => each.ref === ref)?.id ?? ''

      expect(await look(scene)).toEqual(none)
      const made = await sdk.putPhase(ID, phase, { rules: [rule(rules[0], { ref: 'a' })] })
      expect(await look(scene)).toEqual(a)
      const added = await sdk.addRule(ID, made.id, rule(rules[1], { ref: 'b', position: place }))
      expect(await look(scene)).toEqual(b)
      // Patched: the rule that decides has another effect.
      await sdk.editRule(ID, made.id, idOf(added, 'b'), rule(rules[2]))
      expect(await look(scene)).toEqual(c)
      // Reordered: now the other one decides.
      await sdk.editRule(ID, made.id, idOf(added, 'a'), { position: place })
      expect(await look(scene)).toEqual(a)
      // Patched so that it matches nothing.
      await sdk.editRule(ID, made.id, idOf(added, 'a'), rule(rules[0], { expression: 'http.host eq "other.test"' }))
      expect(await look(scene)).toEqual(c)
      // Refused: what was there stays.
      await expect(
        sdk.putPhase(ID, phase, { rules: [rule(rules[0], { expression: 'http.host eq' })] }),
      ).rejects.toThrow('400')
      expect(await look(scene)).toEqual(c)
      await sdk.deleteRule(ID, made.id, idOf(added, 'b'))
      expect(await look(scene)).toEqual(none)
      await sdk.putPhase(ID, phase, { rules: [rule(rules[1])] })
      expect(await look(scene)).toEqual(b)
      await sdk.deleteRuleset(ID, made.id)
      expect(await look(scene)).toEqual(none)
    },
  )

  test('changes rules of http_config_settings', async () => {
    await using origin = await startOrigin({ tls: makeSelfSigned() })
    origin.on('*', { body: 'x' })
    await using scene = await startScene({ zone: { origins: { '*': origin.url } } })
    const sdk = sdkOf(scene)
    const status = async () => (await scene.get('/a')).status
    const rule = (ssl: string) => ({ expression: 'true', action: 'set_config', action_parameters: { ssl } })
    expect(await status()).toBe(200)
    const { id } = await sdk.putPhase(ID, 'http_config_settings', { rules: [rule('strict')] })
    expect(await status()).toBe(526)
    const added = await sdk.addRule(ID, id, rule('full'))
    expect(await status()).toBe(200)
    await sdk.editRule(ID, id, added.rules?.[0]?.id ?? '', { position: { after: '' } })
    expect(await status()).toBe(526)
    await sdk.deleteRule(ID, id, added.rules?.[0]?.id ?? '')
    expect(await status()).toBe(200)
  })

  test('switches URL normalisation', async () => {
    await using scene = await startScene()
    scene.origin.on('*', { body: 'x' })
    const sdk = sdkOf(scene)
    const target = async () => {
      await scene.get('/%61//b')
      return scene.origin.requests.at(-1)?.target
    }
    expect(await target()).toBe('/%61//b')
    expect(await sdk.setNormalization(ID, 'both', 'cloudflare')).toMatchObject({ scope: 'both', type: 'cloudflare' })
    expect(await target()).toBe('/a/b')
    await sdk.resetNormalization(ID)
    expect(await target()).toBe('/%61//b')
  })

  test('switches managed transforms, and is told which this edge cannot do', async () => {
    await using scene = await startScene()
    scene.origin.on('*', { fields: [['X-Powered-By', 'PHP']], body: 'x' })
    const sdk = sdkOf(scene)
    const powered = async () => (await ask(scene)).answer.fields.get('x-powered-by') ?? null
    const managed = (enabled: boolean) => ({
      managed_request_headers: [],
      managed_response_headers: [{ id: 'remove_x-powered-by_header', enabled }],
    })
    expect(await powered()).toBe('PHP')
    await sdk.editManaged(ID, managed(true))
    expect(await powered()).toBe(null)
    await sdk.editManaged(ID, managed(false))
    expect(await powered()).toBe('PHP')
    const impossible = { managed_request_headers: [{ id: 'add_bot_protection_headers', enabled: true }] }
    await expect(sdk.editManaged(ID, impossible)).rejects.toThrow('this edge has no bot management')
  })
})
