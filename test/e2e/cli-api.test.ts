// The verbs that speak with the API, as users call them.

import { describe, expect, test } from 'bun:test'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { startScene, ZONE, zoneId } from '../support/edge/index.ts'

const LAUNCHER = join(fileURLToPath(new URL('../..', import.meta.url)), 'bin', 'varyant.js')
const CACHED = { fields: [['Cache-Control', 'max-age=60']], body: 'x' } as const
/** The token of the edge under test. */
const TOKEN = 'e2e-token'

type Ended = { readonly code: number | null; readonly stdout: string; readonly stderr: string }

async function run(args: readonly string[], environment: Readonly<Record<string, string>> = {}): Promise<Ended> {
  const child = Bun.spawn(['node', LAUNCHER, ...args], {
    env: { ...process.env, VARYANT_API_TOKEN: TOKEN, ...environment },
    stdout: 'pipe',
    stderr: 'pipe',
  })
  const [stdout, stderr] = await Promise.all([child.stdout.text(), child.stderr.text()])
  await child.exited
  return { code: child.exitCode, stdout, stderr }
}

async function stage() {
  const scene = await startScene({ cache: { cache: true } })
  scene.origin.on('*', CACHED)
  for (const fields of [[], [['Origin', 'https://a.example']]] as const) {
    for (const target of ['/a', '/b']) await scene.get(target, fields)
  }
  const has = async (target: string, origin?: string) =>
    (await scene.get(target, origin === undefined ? [] : [['Origin', origin]])).cacheStatus
  return { scene, has, flags: ['--api', scene.edge.apiUrl, '--zone', ZONE] as const }
}

describe('varyant purge', () => {
  test('of a URL takes the copy without Origin, with --origin that one, with --all-variants all', async () => {
    const { scene, has, flags } = await stage()
    const plain = await run(['purge', `http://${ZONE}/a`, ...flags])
    expect(plain).toEqual({ code: 0, stdout: `purged in ${ZONE}: 1 response, 0 bodies\n`, stderr: '' })
    expect([await has('/a'), await has('/a', 'https://a.example')]).toEqual(['MISS', 'HIT'])
    await run(['purge', `http://${ZONE}/a`, '--origin', 'https://a.example', ...flags])
    expect([await has('/a'), await has('/a', 'https://a.example')]).toEqual(['HIT', 'MISS'])
    await run(['purge', `http://${ZONE}/b`, '--all-variants', ...flags])
    expect([await has('/b'), await has('/b', 'https://a.example')]).toEqual(['MISS', 'MISS'])
    await scene[Symbol.asyncDispose]()
  }, 15_000)

  test('of what nobody stored says so, and says what else there is', async () => {
    const { scene, flags } = await stage()
    const { code, stdout } = await run(['purge', `http://${ZONE}/nothing`, ...flags])
    expect([code, stdout]).toEqual([
      0,
      `purged in ${ZONE}: 0 responses, 0 bodies\nnothing was stored for such a request; copies for other Origins or headers go with --all-variants\n`,
    ])
    const without = await run(['purge', 'https://elsewhere.test/', ...flags.slice(0, 2)])
    expect(without.stdout).toStartWith('purged in example.com')
    await scene[Symbol.asyncDispose]()
  }, 15_000)

  test('dry changes nothing, and tells what would go', async () => {
    const { scene, has, flags } = await stage()
    const dry = await run(['purge', '--prefix', `${ZONE}/a`, '--dry-run', ...flags])
    expect(dry.stdout).toBe(`http://${ZONE}/a (2 variants)\nwould be purged in ${ZONE}: 2 responses, 0 bodies\n`)
    const json = await run(['purge', '--everything', '--dry-run', '--json', ...flags])
    expect(JSON.parse(json.stdout)).toMatchObject({ id: zoneId(ZONE), dry_run: true, variants: 4, bodies: 1 })
    expect(await has('/a')).toBe('HIT')
    await scene[Symbol.asyncDispose]()
  }, 15_000)

  test('of more copies than are counted says so', async () => {
    const result = { id: 'x', variants: null, bodies: null, origins: null }
    const server = Bun.serve({
      hostname: '127.0.0.1',
      port: 0,
      fetch: () => Response.json({ success: true, errors: [], messages: [], result }),
    })
    const api = ['--api', `127.0.0.1:${server.port}`, '--zone', ZONE]
    const { stdout } = await run(['purge', `http://${ZONE}/a`, '--all-variants', ...api])
    expect(stdout).toBe(
      `purged in ${ZONE}\n  whose copies went was not counted: more than 50,000 responses are stored; --dry-run counts them before\n`,
    )
    await server.stop(true)
  })

  test.each([
    ['nothing', [], 'name what to purge'],
    ['two kinds', ['--tag', 'a', '--everything'], 'purge one kind at a time'],
    ['what is no URL', ['b.example.com/a'], 'is not a URL; write https://host/path'],
    ['a header without colon', ['http://a/', '--header', 'x'], 'is not "Name: value"'],
    ['an Origin without URL', ['--tag', 'a', '--origin', 'https://a.example'], 'go with URLs only'],
    ['an unknown flag', ['--everythin'], "Unknown option '--everythin'"],
    ['an address that is none', ['--everything', '--api', '::', '--zone', 'x'], 'is no address of the API'],
  ])('of %s exits 2', async (_, args, sentence) => {
    const { code, stdout, stderr } = await run(['purge', ...args])
    expect([code, stdout]).toEqual([2, ''])
    expect(stderr).toContain(sentence)
  })

  test('exits 1 when the API refuses or is not there', async () => {
    const { scene, flags } = await stage()
    const refused = await run(['purge', '--tag', 'a b', ...flags])
    expect([refused.code, refused.stderr]).toEqual([
      1,
      expect.stringContaining('the API answered 400: "a b" is not a tag'),
    ])
    const wrong = await run(['purge', '--everything', ...flags], { VARYANT_API_TOKEN: 'wrong' })
    expect([wrong.code, wrong.stderr]).toEqual([
      1,
      expect.stringContaining('this edge does not know the token: set VARYANT_API_TOKEN'),
    ])
    const unknown = await run(['purge', '--everything', ...flags.slice(0, 2), '--zone', 'nowhere.test'])
    expect([unknown.code, unknown.stderr]).toEqual([1, expect.stringContaining('there is no zone "nowhere.test"')])
    await scene[Symbol.asyncDispose]()
    const gone = await run(['purge', '--everything', ...flags])
    expect([gone.code, gone.stderr]).toEqual([1, expect.stringContaining('cannot be reached')])
  }, 15_000)
})

test('varyant token create --purge-only makes a token that purges the zone and nothing else', async () => {
  const { scene, has, flags } = await stage()
  const api = flags.slice(0, 2)
  const made = await run(['token', 'create', '--purge-only', ZONE, '--name', 'ci', ...api])
  expect([made.code, made.stdout]).toEqual([0, expect.stringMatching(/^[\w-]{40}\n$/)])
  const environment = { VARYANT_API_TOKEN: made.stdout.trim() }
  expect((await run(['purge', '--everything', ...flags], environment)).code).toBe(0)
  expect(await has('/a')).toBe('MISS')
  const unknown = await run(['token', 'create', '--purge-only', 'nowhere.test', ...api])
  expect([unknown.code, unknown.stderr]).toEqual([1, expect.stringContaining('there is no zone "nowhere.test"')])
  const refused = await run(['token', 'create', '--purge-only', ZONE, ...api], environment)
  expect([refused.code, refused.stderr]).toEqual([1, expect.stringContaining('403')])
  await scene[Symbol.asyncDispose]()
}, 15_000)

describe('zones are looked up', () => {
  /** An API that lists two zones on two pages and takes every purge. */
  function startListing() {
    const seen: string[] = []
    const server = Bun.serve({
      hostname: '127.0.0.1',
      port: 0,
      fetch: (request) => {
        const { pathname, searchParams } = new URL(request.url)
        seen.push(`${request.method} ${pathname}`)
        const zones = [
          { id: 'a'.repeat(32), name: 'example.com', status: 'active' },
          { id: 'b'.repeat(32), name: 'deep.example.com', status: 'active' },
        ]
        const result = pathname.endsWith('/zones') ? (searchParams.get('page') === '1' ? zones : []) : { id: 'x' }
        return Response.json({ success: true, errors: [], messages: [], result })
      },
    })
    return { seen, api: `127.0.0.1:${server.port}`, stop: () => server.stop(true) }
  }

  test('by the longest name that the host ends with', async () => {
    const { seen, api, stop } = startListing()
    await run(['purge', 'https://www.deep.example.com/a'], { VARYANT_API: api })
    await run(['purge', '--prefix', 'b.example.com/x'], { VARYANT_API: api })
    expect(seen.filter((line) => line.startsWith('POST'))).toEqual([
      `POST /client/v4/zones/${'b'.repeat(32)}/purge_cache`,
      `POST /client/v4/zones/${'a'.repeat(32)}/purge_cache`,
    ])
    const unclear = await run(['purge', '--tag', 'a'], { VARYANT_API: api })
    expect([unclear.code, unclear.stderr]).toEqual([2, expect.stringContaining('name the zone with --zone')])
    await stop()
  }, 15_000)

  test('and listed by varyant zones', async () => {
    const { api, stop } = startListing()
    const listed = await run(['zones'], { VARYANT_API: api })
    expect(listed.stdout).toBe(`${'a'.repeat(32)}  example.com  active\n${'b'.repeat(32)}  deep.example.com  active\n`)
    const json = await run(['zones', '--json'], { VARYANT_API: api })
    expect(JSON.parse(json.stdout)).toHaveLength(2)
    await stop()
  }, 15_000)
})

describe('varyant explain', () => {
  test('draws what would be served and what the browser makes of it', async () => {
    const { scene, flags } = await stage()
    const told = await run(['explain', `http://${ZONE}/a`, '--origin', 'https://a.example', ...flags])
    expect([told.code, told.stderr]).toEqual([0, ''])
    expect(told.stdout).toStartWith(`GET http://${ZONE}/a from a page of https://a.example\n\nBLOCKED   CORS check: `)
    expect(told.stdout).toContain('edge      HIT, sends 200\n')
    expect(told.stdout).toContain('it is the copy of no Origin, and this request has Origin https://a.example')
    const more = ['--method', 'PUT', '--header', 'X-A: 1', '--credentials', '--probe', '--follow', '--json']
    const json = await run(['explain', `http://${ZONE}/a`, '--origin', 'https://a.example', ...more, ...flags])
    expect(JSON.parse(json.stdout)).toMatchObject({
      cache: { status: 'DYNAMIC' },
      browser: { verdict: 'block' },
      preflight: { why: 'the method PUT and the header x-a cannot be sent without asking first' },
    })
    await scene[Symbol.asyncDispose]()
  }, 15_000)

  test.each([
    ['without a URL', [], 'name the URL that is asked for'],
    ['with two URLs', ['http://a/', 'http://b/'], 'explain one URL at a time'],
    ['with what is no URL', ['b.example/a'], 'is not a URL; write https://host/path'],
    ['with a header without colon', ['http://a/', '--header', 'x'], 'is not "Name: value"'],
    ['with an unknown flag', ['http://a/', '--origins', 'x'], "Unknown option '--origins'"],
  ])('%s exits 2', async (_, args, sentence) => {
    const { code, stdout, stderr } = await run(['explain', ...args])
    expect([code, stdout]).toEqual([2, ''])
    expect(stderr).toContain(sentence)
  })

  test('exits 1 when the API refuses', async () => {
    const { scene, flags } = await stage()
    const refused = await run(['explain', `http://${ZONE}/a`, '--origin', 'https://a.example/', ...flags])
    expect([refused.code, refused.stderr]).toEqual([1, expect.stringContaining('is no origin')])
    const nowhere = await run(['explain', `http://${ZONE}/a`, ...flags.slice(0, 2), '--zone', 'nowhere.example'])
    expect([nowhere.code, nowhere.stderr]).toEqual([1, expect.stringContaining('nowhere.example')])
    const made = await run(['token', 'create', '--purge-only', ZONE, ...flags.slice(0, 2)])
    const forbidden = await run(['explain', `http://${ZONE}/a`, ...flags], { VARYANT_API_TOKEN: made.stdout.trim() })
    expect([forbidden.code, forbidden.stderr]).toEqual([1, expect.stringContaining('the API answered 403')])
    await scene[Symbol.asyncDispose]()
  }, 15_000)
})

describe('varyant findings', () => {
  async function reflecting() {
    const { scene, flags } = await stage()
    scene.origin.on('/f', (request) => ({
      fields: [['Access-Control-Allow-Origin', request.field('origin') ?? '*'], ...CACHED.fields],
      body: 'x',
    }))
    for (const origin of ['https://a.example', 'https://b.example']) await scene.get('/f', [['Origin', origin]])
    return { scene, flags }
  }

  test('draws what is wrong, where, and which answers show it', async () => {
    const { scene, flags } = await reflecting()
    const told = await run(['findings', ...flags])
    expect([told.code, told.stderr]).toEqual([0, ''])
    expect(told.stdout).toStartWith('reflects-without-vary\n')
    expect(told.stdout).toMatch(/\nwhere {5}times {2}last seen {17}URL\n {10}1 {6}\S+Z {2}http:\/\/example\.com\/f\n/)
    expect(told.stdout).toContain('          https://b.example  200     https://b.example  -\n')
    await scene[Symbol.asyncDispose]()
  }, 15_000)

  test('of one URL, whatever its scheme, or of one kind', async () => {
    const { scene, flags } = await reflecting()
    const of = async (...more: readonly string[]) =>
      (JSON.parse((await run(['findings', '--json', ...more, ...flags])).stdout) as readonly unknown[]).length
    expect([await of('--url', `https://${ZONE}/f`), await of('--url', `https://${ZONE}/a`)]).toEqual([1, 0])
    expect([await of('--kind', 'reflects-without-vary'), await of('--kind', 'several-grants')]).toEqual([1, 0])
    const none = await run(['findings', '--url', `http://${ZONE}/a`, ...flags])
    expect(none.stdout).toStartWith(`nothing is wrong with CORS at http://${ZONE}/a, `)
    await scene[Symbol.asyncDispose]()
  }, 15_000)

  test.each([
    ['with a word', ['http://a/'], 'is not an option of findings; name a URL with --url'],
    ['with what is no URL', ['--url', 'a/b'], 'is not a URL; write https://host/path'],
    ['with an unknown flag', ['--kinds', 'x'], "Unknown option '--kinds'"],
    ['with an empty value', ['--kind', ''], '--kind needs a value'],
  ])('%s exits 2', async (_, args, sentence) => {
    const { code, stdout, stderr } = await run(['findings', ...args])
    expect([code, stdout]).toEqual([2, ''])
    expect(stderr).toContain(sentence)
  })

  test('exits 1 when the API refuses', async () => {
    const { scene, flags } = await stage()
    const unknown = await run(['findings', '--kind', 'bad', ...flags])
    expect([unknown.code, unknown.stderr]).toEqual([1, expect.stringContaining('kind "bad" is not known here')])
    const nowhere = await run(['findings', ...flags.slice(0, 2), '--zone', 'nowhere.example'])
    expect([nowhere.code, nowhere.stderr]).toEqual([1, expect.stringContaining('there is no zone "nowhere.example"')])
    await scene[Symbol.asyncDispose]()
  }, 15_000)
})
