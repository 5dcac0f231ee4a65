// cors_variants: collapse.  What the origin server grants to everybody is kept once; everything else by Origin.
// The reasoning is at the head of src/cors/sharing/sharing.ts.

import { describe, expect, test } from 'bun:test'
import { join } from 'node:path'
import { play, type Scene, type SceneOptions, startScene, until, ZONE, zoneId } from '../support/edge/index.ts'
import { type Answer, type FieldLine, makeScratch, type RecordedRequest } from '../support/index.ts'

const A: FieldLine = ['Origin', 'https://a.example']
const B: FieldLine = ['Origin', 'https://b.example']
const C: FieldLine = ['Origin', 'https://c.example']
const ACAO = 'access-control-allow-origin'
const FRESH: FieldLine = ['Cache-Control', 'max-age=60']
const STAR: FieldLine = ['Access-Control-Allow-Origin', '*']

const COLLAPSE: SceneOptions = { cache: { cache: true }, settings: { cors_variants: 'collapse' } }
const PER_ORIGIN: SceneOptions = { cache: { cache: true }, settings: { cors_variants: 'per_origin' } }
const MODES = [
  ['per_origin', PER_ORIGIN],
  ['collapse', COLLAPSE],
] as const

type Behaviour = (origin: string | undefined, request: RecordedRequest) => readonly FieldLine[]

const star: Behaviour = () => [STAR]
/** Writes back whatever Origin asks, and says nothing of Vary. */
const reflect: Behaviour = (origin) => (origin === undefined ? [] : [['Access-Control-Allow-Origin', origin]])
/** Grants only to requests with Origin, as storage services do. */
const starToOrigins: Behaviour = (origin) => (origin === undefined ? [] : [STAR])
/** Grants `*` to A alone. */
const starToA: Behaviour = (origin) => (origin === A[1] ? [STAR] : [])

async function stage(behaviour: Behaviour, options = COLLAPSE, cacheControl = FRESH): Promise<Scene> {
  const scene = await startScene(options)
  scene.origin.on('*', (request): Answer => {
    return { fields: [cacheControl, ...behaviour(request.field('origin'), request)], body: 'font' }
  })
  return scene
}

function asOrigin(index: number): FieldLine {
  return ['Origin', `https://site-${index}.example`]
}

describe('a constant * without credentials', () => {
  test.each([
    ['per_origin', PER_ORIGIN, 300],
    ['collapse', COLLAPSE, 1],
  ] as const)('%s: 300 Origins of one URL', async (_, options, expected) => {
    await using scene = await stage(star, options)
    for (let index = 0; index < 300; index += 1) {
      const answer = await scene.get('/f', [asOrigin(index)])
      expect(answer.field(ACAO)).toBe('*')
    }
    expect(scene.origin.requests.length).toBe(expected)
  })

  test('300 Origins at once wait for one answer, and all read it', async () => {
    await using scene = await stage(star)
    const gate = scene.origin.hold('/f')
    const asked = Array.from({ length: 300 }, (_, index) => scene.get('/f', [asOrigin(index)]))
    await gate.arrived()
    gate.release()
    const answers = await Promise.all(asked)
    expect(new Set(answers.map((answer) => `${answer.text} ${answer.field(ACAO)}`))).toEqual(new Set(['font *']))
    expect(scene.origin.requests.length).toBe(1)
  })

  test('answers requests without Origin, and with Origin null, and those that come first', async () => {
    await using scene = await stage(star)
    await play(scene, [
      { get: '/f', cache: 'MISS', has: { [ACAO]: '*' } },
      { get: '/f', fields: [A], cache: 'HIT', has: { [ACAO]: '*' } },
      { get: '/f', fields: [['Origin', 'null']], cache: 'HIT', has: { [ACAO]: '*' } },
      { get: '/f', cache: 'HIT', has: { [ACAO]: '*' }, origin: 1 },
    ])
  })

  test('an Origin that is none is served uncached all the same', async () => {
    await using scene = await stage(star)
    await play(scene, [
      { get: '/f', fields: [A], cache: 'MISS' },
      { get: '/f', fields: [['Origin', 'https://b.example/']], cache: 'BYPASS', origin: 2 },
    ])
  })

  test('a rule collapses what it matches, and only that', async () => {
    const expression = 'starts_with(http.request.uri.path, "/fonts/")'
    const rules = [{ expression, action_parameters: { varyant: { cors_variants: 'collapse' } } }]
    await using scene = await stage(star, { cache: { cache: true }, rules })
    await play(scene, [
      { get: '/fonts/f', fields: [A], cache: 'MISS' },
      { get: '/fonts/f', fields: [B], cache: 'HIT', origin: 1 },
      { get: '/css/f', fields: [A], cache: 'MISS' },
      { get: '/css/f', fields: [B], cache: 'MISS', origin: 3 },
    ])
    await scene.purge({ files: ['http://example.com/fonts/f'] })
    await play(scene, [{ get: '/fonts/f', fields: [B], cache: 'MISS' }])
  })

  test('the API switches it on, and off again', async () => {
    await using scene = await stage(star, PER_ORIGIN)
    const set = async (value: string) =>
      (await scene.edge.api('PATCH', `/zones/${zoneId(ZONE)}/settings/cors_variants`, { value })).status
    expect([await set('collapse'), await set('both')]).toEqual([200, 400])
    await play(scene, [
      { get: '/f', fields: [A], cache: 'MISS' },
      { get: '/f', fields: [B], cache: 'HIT', origin: 1 },
    ])
    expect(await set('per_origin')).toBe(200)
    await play(scene, [{ get: '/f', fields: [B], cache: 'MISS', origin: 2 }])
  })
})

describe.each(MODES)('%s: a grant goes to nobody but the Origin that it was given to', (_, options) => {
  test('of an origin that reflects without Vary', async () => {
    await using scene = await stage(reflect, options)
    await play(scene, [
      { get: '/f', cache: 'MISS', has: { [ACAO]: null } },
      { get: '/f', fields: [A], cache: 'MISS', has: { [ACAO]: A[1] } },
      { get: '/f', fields: [B], cache: 'MISS', has: { [ACAO]: B[1] } },
      { get: '/f', fields: [['Origin', 'null']], cache: 'MISS', has: { [ACAO]: 'null' } },
      { get: '/f', fields: [A], cache: 'HIT', has: { [ACAO]: A[1] } },
      { get: '/f', fields: [B], cache: 'HIT', has: { [ACAO]: B[1] } },
      { get: '/f', fields: [['Origin', 'null']], cache: 'HIT', has: { [ACAO]: 'null' } },
      { get: '/f', cache: 'HIT', has: { [ACAO]: null }, origin: 4 },
    ])
  })

  test('though they ask at the same time', async () => {
    await using scene = await stage(reflect, options)
    const gate = scene.origin.hold('/f')
    const asked = Array.from({ length: 40 }, (_, index) => scene.get('/f', [asOrigin(index % 4)]))
    await gate.arrived()
    gate.release()
    const granted = (await Promise.all(asked)).map((answer) => answer.field(ACAO))
    expect(granted).toEqual(Array.from({ length: 40 }, (_, index) => asOrigin(index % 4)[1]))
    expect(scene.origin.requests.length).toBe(4)
  })

  test('after it expired, by a validation behind a stale copy too', async () => {
    await using scene = await stage(reflect, options, ['Cache-Control', 'max-age=10, stale-while-revalidate=60'])
    await play(scene, [
      { get: '/f', fields: [A], cache: 'MISS', has: { [ACAO]: A[1] } },
      { get: '/f', fields: [B], cache: 'MISS', has: { [ACAO]: B[1] } },
      { get: '/f', fields: [A], after: 15, cache: 'UPDATING', has: { [ACAO]: A[1] } },
      { get: '/f', fields: [B], cache: 'UPDATING', has: { [ACAO]: B[1] } },
    ])
    await until('both are fresh', async () => {
      const answers = [await scene.get('/f', [A]), await scene.get('/f', [B])]
      return answers.every(({ cacheStatus }) => cacheStatus === 'HIT')
    })
    await play(scene, [
      { get: '/f', fields: [A], cache: 'HIT', has: { [ACAO]: A[1] } },
      { get: '/f', fields: [B], cache: 'HIT', has: { [ACAO]: B[1] } },
    ])
  })

  test('of an origin that grants with credentials', async () => {
    const credentialed: Behaviour = (origin) => [
      ['Access-Control-Allow-Origin', origin ?? '*'],
      ['Access-Control-Allow-Credentials', 'true'],
    ]
    await using scene = await stage(credentialed, options)
    await play(scene, [
      { get: '/f', fields: [A], cache: 'MISS', has: { [ACAO]: A[1] } },
      { get: '/f', cache: 'MISS', has: { [ACAO]: '*' } },
      { get: '/f', fields: [B], cache: 'MISS', has: { [ACAO]: B[1] }, origin: 3 },
    ])
  })
})

describe('split on contradiction', () => {
  test('an origin that grants * to some ends the sharing with its first other answer', async () => {
    await using scene = await stage(starToA, COLLAPSE, ['Cache-Control', 'max-age=10'])
    await play(scene, [
      { get: '/f', fields: [A], cache: 'MISS', has: { [ACAO]: '*' } },
      // The one sentence that is about everybody is believed until an answer says otherwise.
      { get: '/f', fields: [B], cache: 'HIT', has: { [ACAO]: '*' } },
      { get: '/f', fields: [B], after: 10, cache: 'EXPIRED', has: { [ACAO]: null } },
      { get: '/f', fields: [A], cache: 'MISS', has: { [ACAO]: '*' } },
      { get: '/f', fields: [C], cache: 'MISS', has: { [ACAO]: null } },
      { get: '/f', fields: [B], cache: 'HIT', has: { [ACAO]: null }, origin: 4 },
    ])
  })

  test('a refusal that comes first keeps a later * from being shared, until a purge', async () => {
    await using scene = await stage(starToA)
    await play(scene, [
      { get: '/f', fields: [B], cache: 'MISS', has: { [ACAO]: null } },
      { get: '/f', fields: [A], cache: 'MISS', has: { [ACAO]: '*' } },
      { get: '/f', fields: [C], cache: 'MISS', has: { [ACAO]: null } },
      { get: '/f', cache: 'MISS', has: { [ACAO]: null }, origin: 4 },
    ])
    scene.origin.on('*', { fields: [FRESH, STAR], body: 'font' })
    await scene.purge({ files: [{ url: 'http://example.com/f', variants: 'all' }] })
    await play(scene, [
      { get: '/f', fields: [A], cache: 'MISS', has: { [ACAO]: '*' } },
      { get: '/f', fields: [B], cache: 'HIT', has: { [ACAO]: '*' } },
      { get: '/f', fields: [C], cache: 'HIT', has: { [ACAO]: '*' }, origin: 5 },
    ])
  })

  test('Vary: Origin on one answer sticks, though later ones leave it out', async () => {
    const once: Behaviour = (origin) => (origin === A[1] ? [STAR, ['Vary', 'Origin']] : [STAR])
    await using scene = await stage(once)
    await play(scene, [
      { get: '/f', fields: [A], cache: 'MISS' },
      { get: '/f', fields: [B], cache: 'MISS' },
      { get: '/f', fields: [C], cache: 'MISS' },
      { get: '/f', fields: [B], cache: 'HIT', origin: 3 },
    ])
  })

  test('the names that Vary had for one Origin select for another too', async () => {
    const vary = { default: { action: 'passthrough' } }
    const byTier: Behaviour = (origin) => (origin === A[1] ? [['Vary', 'Origin, X-Tier']] : [['Vary', 'Origin']])
    await using scene = await stage(byTier, { ...COLLAPSE, cache: { cache: true, vary } })
    const gold: FieldLine = ['X-Tier', 'gold']
    await play(scene, [
      { get: '/f', fields: [A, gold], cache: 'MISS' },
      { get: '/f', fields: [B, gold], cache: 'MISS' },
      { get: '/f', fields: [B], cache: 'MISS' },
      { get: '/f', fields: [B, gold], cache: 'HIT', origin: 3 },
    ])
  })

  test('an error without a grant does not end the sharing', async () => {
    await using scene = await stage(star, COLLAPSE, ['Cache-Control', 'max-age=10'])
    await play(scene, [{ get: '/f', fields: [A], cache: 'MISS' }])
    scene.origin.on('*', { status: 404, fields: [FRESH], body: 'gone' })
    await play(scene, [{ get: '/f', fields: [B], after: 10, status: 404, has: { [ACAO]: null } }])
    scene.origin.on('*', { fields: [FRESH, STAR], body: 'font' })
    await play(scene, [
      { get: '/f', fields: [A], has: { [ACAO]: '*' } },
      { get: '/f', fields: [C], cache: 'HIT', has: { [ACAO]: '*' }, origin: 3 },
    ])
  })

  test('an answer that may not be stored contradicts as well', async () => {
    await using scene = await stage(star, COLLAPSE, ['Cache-Control', 'max-age=10'])
    await play(scene, [{ get: '/f', fields: [A], cache: 'MISS' }])
    scene.origin.on('*', (request) => {
      const origin = request.field('origin') ?? ''
      if (origin === A[1]) return { fields: [FRESH, STAR], body: 'font' }
      return {
        fields: [
          ['Cache-Control', 'no-store'],
          ['Access-Control-Allow-Origin', origin],
        ],
        body: 'font',
      }
    })
    await play(scene, [
      { get: '/f', fields: [B], after: 10, cache: 'BYPASS', has: { [ACAO]: B[1] } },
      { get: '/f', fields: [A], cache: 'MISS', has: { [ACAO]: '*' } },
      { get: '/f', fields: [C], cache: 'BYPASS', has: { [ACAO]: C[1] }, origin: 4 },
    ])
  })
})

describe('a copy without a grant', () => {
  test('never answers a request with Origin; the shared one answers those without', async () => {
    await using scene = await stage(starToOrigins)
    await play(scene, [
      { get: '/f', cache: 'MISS', has: { [ACAO]: null } },
      { get: '/f', fields: [A], cache: 'MISS', has: { [ACAO]: '*' } },
      { get: '/f', fields: [B], cache: 'HIT', has: { [ACAO]: '*' } },
      { get: '/f', fields: [['Origin', 'null']], cache: 'HIT', has: { [ACAO]: '*' }, origin: 2 },
    ])
  })

  test('a request without Origin does not validate what one with Origin has earned', async () => {
    await using scene = await startScene(COLLAPSE)
    scene.origin.on('*', (request) => {
      if (request.field('if-none-match') !== undefined)
        return { status: 304, fields: [['Cache-Control', 'max-age=10']] }
      const granted = starToOrigins(request.field('origin'), request)
      return { fields: [['Cache-Control', 'max-age=10'], ['ETag', '"1"'], ...granted], body: 'font' }
    })
    await play(scene, [
      { get: '/f', fields: [A], cache: 'MISS', has: { [ACAO]: '*' } },
      { get: '/f', after: 10, has: { [ACAO]: null } },
      { get: '/f', fields: [B], cache: 'REVALIDATED', has: { [ACAO]: '*' }, origin: 3 },
    ])
    expect(scene.origin.requests.map((request) => request.field('if-none-match'))).toEqual([
      undefined,
      undefined,
      '"1"',
    ])
  })
})

describe('a 304', () => {
  const tagged = (granted: readonly FieldLine[]): Answer => ({
    fields: [['Cache-Control', 'max-age=10'], ['ETag', '"1"'], ...granted],
    body: 'font',
  })

  test('that names another Origin confirms nothing: its asker asks again, and the sharing ends', async () => {
    await using scene = await startScene(COLLAPSE)
    scene.origin.on('*', tagged([STAR]))
    await play(scene, [{ get: '/f', fields: [A], cache: 'MISS', has: { [ACAO]: '*' } }])
    scene.origin.on('*', (request) => {
      const granted: FieldLine[] = [['Access-Control-Allow-Origin', request.field('origin') ?? '']]
      const { fields = [], body } = tagged(granted)
      return request.field('if-none-match') === undefined ? { fields, body: body ?? '' } : { status: 304, fields }
    })
    await play(scene, [
      { get: '/f', fields: [B], after: 10, cache: 'EXPIRED', has: { [ACAO]: B[1] }, origin: 3 },
      { get: '/f', fields: [A], cache: 'MISS', has: { [ACAO]: A[1] }, origin: 4 },
      { get: '/f', fields: [B], cache: 'HIT', has: { [ACAO]: B[1] }, origin: 4 },
    ])
    expect(scene.origin.requests[2]?.field('if-none-match')).toBeUndefined()
  })

  test('without any CORS field leaves the grant to everybody as it was', async () => {
    await using scene = await startScene(COLLAPSE)
    scene.origin.on('*', (request) =>
      request.field('if-none-match') === undefined ? tagged([STAR]) : { status: 304, fields: [FRESH] },
    )
    await play(scene, [
      { get: '/f', fields: [A], cache: 'MISS' },
      { get: '/f', fields: [B], after: 10, cache: 'REVALIDATED', has: { [ACAO]: '*' } },
      { get: '/f', fields: [C], cache: 'HIT', has: { [ACAO]: '*' }, origin: 2 },
    ])
  })

  test('behind a stale copy speaks for the Origin that earned it, whoever triggers it', async () => {
    await using scene = await stage(star, COLLAPSE, ['Cache-Control', 'max-age=10, stale-while-revalidate=60'])
    await play(scene, [
      { get: '/f', fields: [A], cache: 'MISS' },
      { get: '/f', fields: [B], after: 15, cache: 'UPDATING', has: { [ACAO]: '*' } },
    ])
    await until('the refresh has come', async () => (await scene.get('/f', [C])).cacheStatus === 'HIT')
    expect(scene.origin.requests.map((request) => request.field('origin'))).toEqual([A[1], A[1]])
  })
})

describe('a purge by URL', () => {
  test.each([
    ['without Origin', { files: ['http://example.com/f'] }],
    ['with an Origin', { files: [{ url: 'http://example.com/f', headers: { Origin: 'https://b.example' } }] }],
    ['of all variants', { files: [{ url: 'http://example.com/f', variants: 'all' }] }],
    ['of everything', { purge_everything: true }],
  ])('%s takes the copy that everybody shares', async (_, body) => {
    await using scene = await stage(star)
    await play(scene, [{ get: '/f', fields: [A], cache: 'MISS' }])
    await scene.purge(body)
    await play(scene, [{ get: '/f', fields: [B], cache: 'MISS', origin: 2 }])
  })

  test('an unsafe request drops the shared copy', async () => {
    await using scene = await stage(star)
    await play(scene, [
      { get: '/f', fields: [A], cache: 'MISS' },
      { get: '/f', fields: [B], method: 'POST' },
      { get: '/f', fields: [C], cache: 'MISS' },
    ])
  })

  test('notes are nothing that a purge counts', async () => {
    await using scene = await stage(reflect)
    await play(scene, [{ get: '/f', fields: [A], cache: 'MISS' }])
    const answer = await scene.edge.api('POST', `/zones/${zoneId(ZONE)}/purge_cache`, { purge_everything: true })
    expect(answer.json).toMatchObject({ result: { variants: 1, bodies: 1 } })
  })
})

test('a restart keeps what is shared, and what is known not to be', async () => {
  await using scratch = await makeScratch()
  const data = join(scratch.path, 'data')
  const mixed: Behaviour = (origin, request) => (request.path === '/star' ? star : starToA)(origin, request)
  const first = await stage(mixed, { ...COLLAPSE, data })
  await play(first, [
    { get: '/star', fields: [A], cache: 'MISS' },
    { get: '/some', fields: [B], cache: 'MISS' },
  ])
  await first[Symbol.asyncDispose]()
  await using again = await stage((_, { path }) => (path === '/star' ? [] : [STAR]), { ...COLLAPSE, data })
  await play(again, [
    { get: '/star', fields: [C], cache: 'HIT', has: { [ACAO]: '*' }, origin: 0 },
    { get: '/some', fields: [A], cache: 'MISS', has: { [ACAO]: '*' } },
    { get: '/some', fields: [B], cache: 'HIT', has: { [ACAO]: null } },
    { get: '/some', fields: [C], cache: 'MISS', origin: 2 },
  ])
})

describe('explain tells what the next request gets', () => {
  type Explained = {
    readonly cache: {
      readonly status: string
      readonly variant: { readonly filled_by: { readonly origin: string | null } } | null
      readonly others: readonly { readonly why_not: string }[]
    }
    readonly browser: { readonly verdict: string }
  }

  async function explain(scene: Scene, origin: string, path = '/f'): Promise<Explained> {
    const body = { url: `http://${ZONE}${path}`, origin }
    const answer = await scene.edge.api('POST', `/zones/${zoneId(ZONE)}/explain`, body)
    return (answer.json as { result: Explained }).result
  }

  test('the shared copy, whoever earned it', async () => {
    await using scene = await stage(star)
    await play(scene, [{ get: '/f', fields: [A], cache: 'MISS' }])
    const { cache, browser } = await explain(scene, B[1])
    expect([cache.status, cache.variant?.filled_by.origin, browser.verdict]).toEqual(['HIT', A[1], 'allow'])
    await play(scene, [{ get: '/f', fields: [B], cache: 'HIT', origin: 1 }])
  })

  test('nothing, where the copies are of others; notes are no copies', async () => {
    await using scene = await stage(reflect)
    await play(scene, [{ get: '/f', fields: [A], cache: 'MISS' }])
    const { cache } = await explain(scene, B[1])
    expect([cache.status, cache.variant, cache.others.length]).toEqual(['MISS', null, 1])
    expect(cache.others[0]?.why_not).toContain(A[1])
    await play(scene, [{ get: '/f', fields: [B], cache: 'MISS', origin: 2 }])
  })
})
