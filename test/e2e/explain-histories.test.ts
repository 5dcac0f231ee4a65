// `explain` foretells: on random histories, its status is the CF-Cache-Status of the next real request, and its verdict
// that of the CORS check on the real answer.
//
// With a probe it always is; without one it is, or says by which assumption it may be wrong.

import { expect, test } from 'bun:test'
import { corsCheck } from '../../src/cors/index.ts'
import { type Scene, startScene, until, ZONE, zoneId } from '../support/edge/index.ts'
import type { ClientResponse, FieldLine, OriginResponse, RecordedRequest } from '../support/index.ts'
import { below, makeRandom, pick } from '../support/random.ts'

const SEED = Number(process.env.EXPLAIN_SEED ?? Math.floor(Math.random() * 2 ** 32))
const STEPS = Number(process.env.EXPLAIN_STEPS ?? 200)

type Dice = { below(count: number): number; pick<Value>(values: readonly Value[]): Value }

function makeDice(seed: number): Dice {
  const random = makeRandom(seed)
  return { below: (count) => below(random, count), pick: (values) => pick(random, values) }
}

/** What the origin server does beside its paths: one state for all. */
type Weather = { mode: 'fine' | 'failing' | 'cutting' | 'closed to everybody'; version: number }

const ORIGINS = [
  undefined,
  'https://a.example',
  'https://a.example',
  'https://a.example',
  'https://b.example',
  'null',
  `http://${ZONE}`,
] as const
const PATHS = ['/etag', '/etag', '/always', '/star', '/reflect', '/reflect-vary', '/etag', '/no-store', '/private', '/swr', '/sie', '/always', '/vary', '/gzip', '/named', '/credentials', '/moved', '/missing', '/s-maxage', '/stops-storing'] as const // biome-ignore format: a list

function fieldsFor(path: string, request: RecordedRequest, { version }: Weather): FieldLine[] {
  const origin = request.field('origin')
  const reflected: FieldLine[] = origin === undefined ? [] : [['Access-Control-Allow-Origin', origin]]
  const star: FieldLine = ['Access-Control-Allow-Origin', '*']
  switch (path) {
    case '/star':
      return [star, ['Cache-Control', 'max-age=30']]
    case '/reflect-vary':
      return [...reflected, ['Vary', 'Origin'], ['Cache-Control', 'max-age=30']]
    case '/etag':
      return [...reflected, ['ETag', `"${version}"`], ['Cache-Control', 'max-age=10']]
    case '/no-store':
      return [...reflected, ['Cache-Control', 'no-store']]
    case '/private':
      return [star, ['Cache-Control', 'private']]
    case '/swr':
      return [...reflected, ['ETag', `"${version}"`], ['Cache-Control', 'max-age=10, stale-while-revalidate=30']]
    case '/sie':
      return [...reflected, ['Cache-Control', 'max-age=10, stale-if-error=60']]
    case '/always':
      return [...reflected, ['ETag', `"${version}"`], ['Cache-Control', 'max-age=0']]
    case '/vary':
      return [...reflected, ['Vary', 'X-Theme'], ['Cache-Control', 'max-age=30']]
    case '/gzip':
      return [star, ['Content-Encoding', 'gzip'], ['Vary', 'Accept-Encoding'], ['Cache-Control', 'max-age=30']]
    case '/named':
      return [
        ['Access-Control-Allow-Origin', 'https://a.example'],
        ['Cache-Control', 'max-age=30'],
      ]
    case '/credentials':
      return [...reflected, ['Access-Control-Allow-Credentials', 'true'], ['Cache-Control', 'max-age=30']]
    case '/s-maxage':
      return [star, ['Cache-Control', 's-maxage=20']]
    case '/stops-storing':
      return [star, ['Cache-Control', version % 2 === 0 ? 'max-age=10' : 'no-store']]
    default:
      return [...reflected, ['Cache-Control', 'max-age=30']]
  }
}

async function answer(request: RecordedRequest, response: OriginResponse, weather: Weather): Promise<void> {
  if (weather.mode === 'cutting') return response.cut()
  if (weather.mode === 'failing') return response.send({ status: 503, body: 'failing' })
  const fields = fieldsFor(request.path, request, weather).filter(
    ([name]) => weather.mode === 'fine' || !name.startsWith('Access-Control'),
  )
  const entityTag = fields.find(([name]) => name === 'ETag')?.[1]
  if (entityTag !== undefined && request.field('if-none-match') === entityTag)
    return response.send({ status: 304, fields })
  const status = { '/moved': 302, '/missing': 404 }[request.path] ?? 200
  const moved: FieldLine[] = status === 302 ? [['Location', '/star']] : []
  return response.send({ status, fields: [...fields, ...moved], body: `${request.path} ${weather.version}` })
}

type Asked = {
  readonly path: string
  readonly method: string
  readonly origin: (typeof ORIGINS)[number]
  readonly credentials: boolean
  readonly headers: Readonly<Record<string, string>>
}

function pickAsked(dice: Dice): Asked {
  const headers: Record<string, string> = {}
  if (dice.below(4) === 0) headers['x-theme'] = dice.pick(['dark', 'light'])
  if (dice.below(5) === 0) headers['accept-encoding'] = dice.pick(['gzip', 'br', 'identity'])
  if (dice.below(8) === 0) headers.range = 'bytes=0-1'
  if (dice.below(12) === 0) headers['if-none-match'] = '"1"'
  if (dice.below(12) === 0) headers.authorization = 'Basic x'
  return {
    path: dice.pick(PATHS),
    method: dice.below(10) === 0 ? dice.pick(['HEAD', 'OPTIONS']) : 'GET',
    origin: dice.pick(ORIGINS),
    credentials: dice.below(4) === 0,
    headers,
  }
}

type Told = {
  readonly cache: { readonly status: string | null; readonly assumes: string | null }
  readonly browser: { readonly verdict: string }
  readonly hops: readonly { readonly kind: string; readonly origin: string | null }[]
}

async function explain({ edge }: Scene, asked: Asked, probe: boolean): Promise<Told> {
  const { path, ...question } = asked
  const body = { ...question, url: `http://${ZONE}${path}`, probe }
  const told = await edge.api('POST', `/zones/${zoneId(ZONE)}/explain`, body)
  if (told.status !== 200) throw new Error(told.text)
  const { cache, browser, hops } = (told.json as { result: Told }).result
  return { cache, browser, hops }
}

/** What the browser would send as Origin with the request itself. */
function sentOrigin({ origin, method }: Asked): string | undefined {
  return origin === `http://${ZONE}` && (method === 'GET' || method === 'HEAD') ? undefined : origin
}

function ask(scene: Scene, asked: Asked): Promise<ClientResponse> {
  const origin = sentOrigin(asked)
  const fields = [...Object.entries(asked.headers), ...(origin === undefined ? [] : [['Origin', origin] as const])]
  return scene.request(asked.path, { method: asked.method, fields })
}

async function change(scene: Scene, dice: Dice, weather: Weather): Promise<string> {
  const url = `http://${ZONE}${dice.pick(PATHS)}`
  switch (dice.below(12)) {
    case 0:
    case 1:
    case 2: {
      const seconds = dice.pick([1, 5, 11, 31])
      scene.pass(seconds)
      return `${seconds} s pass`
    }
    case 3:
      weather.mode = dice.pick(['fine', 'fine', 'fine', 'failing', 'cutting', 'closed to everybody'])
      return `the origin server is ${weather.mode}`
    case 4:
      weather.version += 1
      return `version ${weather.version}`
    case 5:
      await scene.purge(
        dice.pick([{ files: [url] }, { files: [{ url, variants: 'all' }] }, { purge_everything: true }]),
      )
      return 'a purge'
    case 6:
      await scene.invalidate({ files: [{ url, variants: 'all' }] })
      return 'an invalidation'
    default:
      return 'nothing'
  }
}

test(`on ${STEPS} steps of a random history (EXPLAIN_SEED=${SEED})`, async () => {
  const dice = makeDice(SEED)
  await using scene = await startScene({
    cache: {
      cache: true,
      vary: { default: { action: 'passthrough' }, headers: { origin: { action: 'passthrough' } } },
    },
  })
  const weather: Weather = { mode: 'fine', version: 1 }
  scene.origin.on('*', (request, response) => answer(request, response, weather))
  const statuses = new Map<string, number>()
  const history: string[] = []
  let kept = 0
  let assumed = 0
  for (let step = 0; step < STEPS; step += 1) {
    history.push(await change(scene, dice, weather))
    const asked = pickAsked(dice)
    history.push(JSON.stringify(asked))
    const records = scene.edge.access().length
    const unprobed = await explain(scene, asked, false)
    const probed = await explain(scene, asked, true)
    const again = await explain(scene, asked, false)
    const context = { seed: SEED, step, history: history.slice(-8), asked }
    expect({ ...context, told: again }).toEqual({ ...context, told: unprobed })
    expect(scene.edge.access()).toHaveLength(records)
    const asksBefore = scene.origin.requests.length
    const real = await ask(scene, asked)
    const status = real.cacheStatus ?? null
    expect({ ...context, status: probed.cache.status }).toEqual({ ...context, status })
    if (unprobed.cache.assumes === null) {
      expect({ ...context, unprobed: unprobed.cache.status }).toEqual({ ...context, unprobed: status })
      kept += 1
    } else if (unprobed.cache.status === status) assumed += 1
    judge(context, asked, probed, real)
    statuses.set(String(status), (statuses.get(String(status)) ?? 0) + 1)
    if (status === 'UPDATING')
      await until('the validation behind has ended', () => scene.origin.requests.length > asksBefore)
    // One more round trip, so that what follows an answer is done.
    await scene.get('/robots.txt')
  }
  // The history has met what it should have.
  for (const name of ['HIT', 'MISS', 'EXPIRED', 'REVALIDATED', 'BYPASS', 'DYNAMIC']) {
    if (STEPS >= 1000) expect([name, (statuses.get(name) ?? 0) > 0]).toEqual([name, true])
  }
  expect(kept).toBeGreaterThan(0)
  expect(assumed).toBeGreaterThan(0)
}, 120_000)

/** The verdict about a request without preflight and redirect is that of the check on the real answer. */
function judge(context: object, asked: Asked, told: Told, real: ClientResponse): void {
  const origin = sentOrigin(asked)
  const isSingle = told.hops.length === 1 && told.hops[0]?.kind === 'cors'
  if (!isSingle || origin === undefined) return
  const fields = real.fields.lines.map(([name, value]) => [name.toLowerCase(), value] as const)
  const passes = corsCheck({ origin, credentials: asked.credentials }, fields).kind === 'passed'
  expect({ ...context, verdict: told.browser.verdict }).toEqual({ ...context, verdict: passes ? 'allow' : 'block' })
}
