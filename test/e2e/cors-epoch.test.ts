// CORS epochs: every stored grant dies at once, content is kept and validated.

import { describe, expect, test } from 'bun:test'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { play, type Scene, type SceneOptions, startScene, until, ZONE, zoneId } from '../support/edge/index.ts'
import { type Answer, type FieldLine, makeScratch } from '../support/index.ts'

const A: FieldLine = ['Origin', 'https://a.example']
const B: FieldLine = ['Origin', 'https://b.example']
const ACAO = 'access-control-allow-origin'
const PER_ORIGIN: SceneOptions = { cache: { cache: true } }
const COLLAPSE: SceneOptions = { cache: { cache: true }, settings: { cors_variants: 'collapse' } }

type Policy = { granted: readonly FieldLine[]; on304: boolean; cacheControl: string }

/** An origin that answers by a policy which the test changes; it knows its entity-tag. */
async function stage(options: SceneOptions = PER_ORIGIN): Promise<{ scene: Scene; policy: Policy }> {
  const scene = await startScene(options)
  const policy: Policy = {
    granted: [['Access-Control-Allow-Origin', '*']],
    on304: true,
    cacheControl: 'max-age=60',
  }
  scene.origin.on('*', (request): Answer => {
    const fields: FieldLine[] = [
      ['Cache-Control', policy.cacheControl],
      ['ETag', '"1"'],
    ]
    if (request.field('if-none-match') === '"1"') {
      return { status: 304, fields: policy.on304 ? [...fields, ...policy.granted] : fields }
    }
    return { fields: [...fields, ...policy.granted], body: 'content' }
  })
  return { scene, policy }
}

async function epoch(scene: Scene, body: unknown = {}): Promise<unknown> {
  const answer = await scene.edge.api('POST', `/zones/${zoneId(ZONE)}/cors_epoch`, body)
  expect(answer.status).toBe(200)
  return (answer.json as { result: unknown }).result
}

/** Statuses that the origin server answered with conditions, "304" or "200" a request. */
function conditional(scene: Scene): readonly boolean[] {
  return scene.origin.requests.map((request) => request.field('if-none-match') !== undefined)
}

describe.each([
  ['per_origin', PER_ORIGIN],
  ['collapse', COLLAPSE],
] as const)('%s', (_, options) => {
  test('a grant that the 304 gives again goes out, and the content is not fetched again', async () => {
    const { scene } = await stage(options)
    await play(scene, [
      { get: '/f', fields: [A], cache: 'MISS', has: { [ACAO]: '*' } },
      { get: '/f', fields: [A], cache: 'HIT' },
    ])
    expect(await epoch(scene)).toMatchObject({ id: zoneId(ZONE), variants: 1 })
    await play(scene, [
      { get: '/f', fields: [A], cache: 'REVALIDATED', has: { [ACAO]: '*' }, text: 'content' },
      { get: '/f', fields: [A], cache: 'HIT', has: { [ACAO]: '*' }, origin: 2 },
    ])
    expect(conditional(scene)).toEqual([false, true])
    await scene[Symbol.asyncDispose]()
  })

  test('a 304 that does not give it again is no confirmation: the whole is asked for', async () => {
    const { scene, policy } = await stage(options)
    await play(scene, [{ get: '/f', fields: [A], cache: 'MISS', has: { [ACAO]: '*' } }])
    policy.on304 = false
    await epoch(scene)
    await play(scene, [{ get: '/f', fields: [A], cache: 'EXPIRED', has: { [ACAO]: '*' }, origin: 3 }])
    policy.granted = []
    await epoch(scene)
    await play(scene, [{ get: '/f', fields: [A], cache: 'EXPIRED', has: { [ACAO]: null }, origin: 5 }])
    expect(conditional(scene)).toEqual([false, true, false, true, false])
    await scene[Symbol.asyncDispose]()
  })

  test('what the new grant leaves out is not kept from the old one', async () => {
    const { scene, policy } = await stage(options)
    policy.granted = [
      ['Access-Control-Allow-Origin', A[1]],
      ['Access-Control-Allow-Credentials', 'true'],
      ['Access-Control-Expose-Headers', 'x-a'],
      ['Cross-Origin-Resource-Policy', 'same-origin'],
    ]
    await play(scene, [{ get: '/f', fields: [A], cache: 'MISS' }])
    policy.granted = [['Access-Control-Allow-Origin', A[1]]]
    await epoch(scene)
    const has = {
      [ACAO]: A[1],
      'access-control-allow-credentials': null,
      'access-control-expose-headers': null,
      'cross-origin-resource-policy': 'same-origin',
    }
    await play(scene, [
      { get: '/f', fields: [A], cache: 'REVALIDATED', has },
      { get: '/f', fields: [A], cache: 'HIT', has },
    ])
    await scene[Symbol.asyncDispose]()
  })

  test('without it the old grant goes on: a 304 without fields keeps what is stored', async () => {
    const { scene, policy } = await stage(options)
    await play(scene, [{ get: '/f', fields: [A], cache: 'MISS', has: { [ACAO]: '*' } }])
    policy.granted = []
    await play(scene, [{ get: '/f', fields: [A], after: 60, cache: 'REVALIDATED', has: { [ACAO]: '*' } }])
    await scene[Symbol.asyncDispose]()
  })

  test('stale-while-revalidate does not let an older grant out', async () => {
    const { scene, policy } = await stage(options)
    policy.cacheControl = 'max-age=10, stale-while-revalidate=1000'
    await play(scene, [
      { get: '/f', fields: [A], cache: 'MISS', has: { [ACAO]: '*' } },
      { get: '/f', fields: [A], after: 11, cache: 'UPDATING', has: { [ACAO]: '*' } },
    ])
    await until('it is fresh', async () => (await scene.get('/f', [A])).cacheStatus === 'HIT')
    policy.granted = []
    await epoch(scene)
    await play(scene, [{ get: '/f', fields: [A], after: 11, cache: 'EXPIRED', has: { [ACAO]: null } }])
    await scene[Symbol.asyncDispose]()
  })

  test('neither stale-if-error nor a silent origin server does', async () => {
    const { scene, policy } = await stage(options)
    policy.cacheControl = 'max-age=10, stale-if-error=1000'
    await play(scene, [{ get: '/f', fields: [A], cache: 'MISS', has: { [ACAO]: '*' } }])
    scene.origin.on('*', { status: 503, body: 'down' })
    await play(scene, [{ get: '/f', fields: [A], after: 11, cache: 'STALE', has: { [ACAO]: '*' } }])
    await epoch(scene)
    await play(scene, [{ get: '/f', fields: [A], status: 503, has: { [ACAO]: null } }])
    await scene.origin.close()
    const silent = await scene.get('/f', [A])
    expect([silent.status >= 500, silent.field(ACAO)]).toEqual([true, undefined])
    await scene.edge.stop()
  })

  test('a copy without a grant stands in for a silent origin server as before', async () => {
    const { scene, policy } = await stage(options)
    policy.granted = []
    await play(scene, [{ get: '/f', cache: 'MISS' }])
    await epoch(scene)
    await scene.origin.close()
    await play(scene, [{ get: '/f', cache: 'STALE', has: { [ACAO]: null } }])
    await scene.edge.stop()
  })

  test('a validation that was under way when the epoch began brings no older grant back', async () => {
    const { scene, policy } = await stage(options)
    await play(scene, [{ get: '/f', fields: [A], cache: 'MISS', has: { [ACAO]: '*' } }])
    const gate = scene.origin.hold('/f')
    scene.pass(60)
    const under = scene.get('/f', [A])
    await gate.arrived()
    await epoch(scene)
    const after = scene.get('/f', [A])
    await gate.arrived(2)
    policy.granted = []
    policy.on304 = false
    gate.release()
    await under
    expect((await after).field(ACAO)).toBeUndefined()
    await play(scene, [
      { get: '/f', fields: [A], has: { [ACAO]: null } },
      { get: '/f', fields: [A], cache: 'HIT', has: { [ACAO]: null } },
    ])
    await scene[Symbol.asyncDispose]()
  })

  test('a fill that was under way when the epoch began is validated before it is used', async () => {
    const { scene, policy } = await stage(options)
    const gate = scene.origin.hold('/f')
    const filling = scene.get('/f', [A])
    await gate.arrived()
    await epoch(scene)
    gate.release()
    expect((await filling).field(ACAO)).toBe('*')
    policy.granted = []
    await play(scene, [{ get: '/f', fields: [A], has: { [ACAO]: null } }])
    await scene[Symbol.asyncDispose]()
  })
})

describe('an epoch', () => {
  const url = (path: string, host: string) => ({ get: path, fields: [['Host', host], A] as const })

  test.each([
    ['of a host', { host: 'other.example.com' }, ['HIT', 'HIT', 'REVALIDATED']],
    ['of a prefix', { prefix: 'example.com/fonts' }, ['REVALIDATED', 'HIT', 'HIT']],
    ['of the zone', {}, ['REVALIDATED', 'REVALIDATED', 'REVALIDATED']],
    ['without a body', undefined, ['REVALIDATED', 'REVALIDATED', 'REVALIDATED']],
  ] as const)('%s names what it says', async (_, body, statuses) => {
    const { scene } = await stage()
    const asked = [url('/fonts/a', ZONE), url('/css/a', ZONE), url('/fonts/a', 'other.example.com')]
    for (const each of asked) await play(scene, [{ ...each, cache: 'MISS' }])
    await epoch(scene, body)
    const seen = []
    for (const { get, fields } of asked) seen.push((await scene.get(get, fields)).cacheStatus)
    expect(seen).toEqual([...statuses])
    await scene[Symbol.asyncDispose]()
  })

  test.each([
    ['both', { host: 'example.com', prefix: 'example.com/a' }],
    ['a host that is none', { host: 'a b' }],
    ['a number', { host: 7 }],
    ['an unknown member', { tag: 'a' }],
    ['an array', []],
    ['null', null],
    ['text', 'everything'],
    ['a prefix with a query', { prefix: 'example.com/a?b' }],
  ])('of %s is refused, and nothing happens', async (_, body) => {
    const { scene } = await stage()
    await play(scene, [{ get: '/f', fields: [A], cache: 'MISS' }])
    const answer = await scene.edge.api('POST', `/zones/${zoneId(ZONE)}/cors_epoch`, body)
    expect([answer.status, answer.json]).toMatchObject([400, { success: false }])
    await play(scene, [{ get: '/f', fields: [A], cache: 'HIT' }])
    await scene[Symbol.asyncDispose]()
  })

  test('forgets that a URL depended on Origin', async () => {
    const { scene, policy } = await stage(COLLAPSE)
    policy.granted = [
      ['Access-Control-Allow-Origin', '*'],
      ['Vary', 'Origin'],
    ]
    await play(scene, [
      { get: '/f', fields: [A], cache: 'MISS' },
      { get: '/f', fields: [B], cache: 'MISS' },
    ])
    policy.granted = [['Access-Control-Allow-Origin', '*']]
    scene.origin.on('*', { fields: [['Cache-Control', 'max-age=60'], ...policy.granted], body: 'new' })
    await epoch(scene)
    await play(scene, [
      { get: '/f', fields: [A], text: 'new', has: { [ACAO]: '*' } },
      { get: '/f', fields: [['Origin', 'https://c.example']], cache: 'HIT', origin: 3 },
    ])
    await scene[Symbol.asyncDispose]()
  })

  test('outlives a restart', async () => {
    await using scratch = await makeScratch()
    const data = join(scratch.path, 'data')
    const first = await stage({ ...PER_ORIGIN, data })
    await play(first.scene, [{ get: '/f', fields: [A], cache: 'MISS', has: { [ACAO]: '*' } }])
    await epoch(first.scene)
    await first.scene[Symbol.asyncDispose]()
    const { scene, policy } = await stage({ ...PER_ORIGIN, data })
    policy.granted = []
    await play(scene, [{ get: '/f', fields: [A], cache: 'EXPIRED', has: { [ACAO]: null }, origin: 2 }])
    await scene[Symbol.asyncDispose]()
  })

  test('is begun by the command line', async () => {
    const { scene } = await stage()
    await play(scene, [{ get: '/f', fields: [A], cache: 'MISS' }])
    const run = async (...words: readonly string[]) => {
      const launcher = join(fileURLToPath(new URL('../..', import.meta.url)), 'bin', 'varyant.js')
      const child = Bun.spawn(['node', launcher, 'cors', ...words, '--api', scene.edge.apiUrl], {
        env: { ...process.env, VARYANT_API_TOKEN: 'e2e-token' },
        stdout: 'pipe',
        stderr: 'pipe',
      })
      const [stdout, stderr] = await Promise.all([child.stdout.text(), child.stderr.text()])
      return [await child.exited, stdout + stderr]
    }
    expect(await run('epoch', ZONE, '--host', ZONE)).toEqual([
      0,
      `a new CORS epoch in ${ZONE}: 1 response must be validated\n`,
    ])
    expect(await run('epoch', ZONE, '--host', 'a b')).toEqual([1, expect.stringContaining('the API answered 400')])
    expect(await run('epoch')).toEqual([2, expect.stringContaining('varyant cors epoch ZONE')])
    await play(scene, [{ get: '/f', fields: [A], cache: 'REVALIDATED' }])
    await scene[Symbol.asyncDispose]()
  }, 15_000)
})

test('a purge of all variants tells whose copies went', async () => {
  const { scene, policy } = await stage(COLLAPSE)
  await play(scene, [
    { get: '/star', fields: [A], cache: 'MISS' },
    { get: '/other', fields: [A], cache: 'MISS' },
  ])
  policy.granted = [['Access-Control-Allow-Origin', A[1]]]
  await play(scene, [
    { get: '/f', fields: [A], cache: 'MISS' },
    { get: '/f', fields: [B], cache: 'MISS' },
    { get: '/f', cache: 'MISS' },
  ])
  const files = ['/star', '/f'].map((path) => ({ url: `http://${ZONE}${path}`, variants: 'all' }))
  const purge = async (query: string, body: unknown) => {
    const answer = await scene.edge.api('POST', `/zones/${zoneId(ZONE)}/purge_cache${query}`, body)
    return (answer.json as { result: { origins?: unknown; variants: number } }).result
  }
  const origins = expect.arrayContaining([
    { origin: '*', variants: 1 },
    { origin: A[1], variants: 1 },
    { origin: B[1], variants: 1 },
    { origin: null, variants: 1 },
  ])
  expect(await purge('?dry_run=true', { files })).toMatchObject({ origins, variants: 4 })
  expect(await purge('', { files })).toMatchObject({ origins, variants: 4 })
  expect((await purge('', { purge_everything: true })).origins).toBeUndefined()
  await scene[Symbol.asyncDispose]()
})
