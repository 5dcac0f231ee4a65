// What users suffer, finding by finding (F1 to F26 of the survey that this project began with), and what `explain` says of it.
//
// Each row is an origin server, a history, a question, and the answer that would have saved somebody the night.

import { expect, test } from 'bun:test'
import { play, type SceneOptions, type Step, startScene, ZONE, zoneId } from '../support/edge/index.ts'
import type { Answer, FieldLine, RecordedRequest } from '../support/index.ts'

const A = 'https://a.example'
const B = 'https://b.example'
const LONG: FieldLine = ['Cache-Control', 'public, max-age=31536000, immutable']
const SHORT: FieldLine = ['Cache-Control', 'max-age=60']
const acao = (value: string): FieldLine => ['Access-Control-Allow-Origin', value]
const by = (origin: string): readonly FieldLine[] => [['Origin', origin]]

/** Grants to whoever asks. */
const reflecting =
  (...more: readonly FieldLine[]) =>
  (request: RecordedRequest): Answer => {
    const origin = request.field('origin')
    return { fields: [SHORT, ...more, ...(origin === undefined ? [] : [acao(origin)])], body: 'content' }
  }
const constant =
  (...fields: readonly FieldLine[]) =>
  (): Answer => ({ fields: [SHORT, ...fields], body: 'content' })
/** Answers in turn, whoever asks; the last one stays. */
const inTurn = (...answers: readonly Answer[]) => {
  let turn = 0
  return (): Answer => {
    turn += 1
    return answers[Math.min(turn, answers.length) - 1] ?? {}
  }
}
/** One answer to preflights, another to all else. */
const preflighted =
  (fields: readonly FieldLine[], status = 204) =>
  (request: RecordedRequest): Answer =>
    request.method === 'OPTIONS' ? { status, fields } : reflecting()(request)

type Row = {
  readonly finding: string
  readonly origin: (request: RecordedRequest) => Answer
  readonly history?: readonly Step[]
  /** Purged after the history. */
  readonly purged?: object
  readonly ask: Readonly<Record<string, unknown>>
  readonly options?: SceneOptions
  readonly expected: object
}

const PASSTHROUGH: SceneOptions = { cache: { cache: true, vary: { default: { action: 'passthrough' } } } }

const ROWS: readonly Row[] = [
  {
    finding: 'F1: a request without Origin came first; the page gets a copy of its own, with its grant',
    origin: reflecting(),
    history: [
      { get: '/f', cache: 'MISS' },
      { get: '/f', fields: by(A), cache: 'MISS' },
    ],
    ask: { origin: A },
    expected: { cache: { status: 'HIT', others: [{ origin: null, grants: null }] }, browser: { verdict: 'allow' } },
  },
  {
    finding: 'F1: an answer without grant is kept for ten years, and the copy says who filled it and when',
    origin: inTurn({ fields: [LONG], body: 'x' }, { fields: [LONG, acao('*')], body: 'x' }),
    history: [{ get: '/f', fields: by(A), cache: 'MISS' }],
    ask: { origin: A, probe: true },
    expected: {
      cache: { status: 'HIT', variant: { filled_by: { origin: A } } },
      browser: { verdict: 'block', code: 'allow-origin-missing' },
      advice: expect.stringContaining('varyant purge'),
    },
  },
  {
    finding: 'F2: reflecting without Vary; the first origin does not win here, and the advice names Vary',
    origin: reflecting(),
    history: [
      { get: '/f', fields: by(A) },
      { get: '/f', fields: by(B) },
    ],
    ask: { origin: B },
    expected: {
      cache: { status: 'HIT', others: [{ origin: A, grants: A }] },
      browser: { verdict: 'allow' },
      advice: expect.stringContaining('send Vary: Origin with every answer'),
    },
  },
  {
    finding: 'F3: a rejected origin overwrites nobody',
    origin: (request) => (request.field('origin') === A ? reflecting(['Vary', 'Origin'])(request) : constant()()),
    history: [
      { get: '/f', fields: by(A) },
      { get: '/f', fields: by(B) },
    ],
    ask: { origin: A },
    expected: { cache: { status: 'HIT' }, browser: { verdict: 'allow' }, advice: null },
  },
  {
    finding: 'F4: Vary in several lines is one list',
    origin: reflecting(['Vary', 'Accept'], ['Vary', 'Origin']),
    history: [{ get: '/f', fields: by(A) }],
    ask: { origin: A },
    expected: { browser: { verdict: 'allow' }, advice: null },
  },
  {
    finding: 'F5: two layers both grant',
    origin: constant(acao('*'), acao('*')),
    history: [{ get: '/f', fields: by(A) }],
    ask: { origin: A },
    expected: {
      browser: { verdict: 'block', code: 'allow-origin-several', why: expect.stringContaining('"*, *"') },
      advice: expect.stringContaining('let one layer alone'),
    },
  },
  {
    finding: 'F6: a constant * is one copy for each embedding site, and all of them are told',
    origin: constant(acao('*')),
    history: [{ get: '/f', fields: by(A) }, { get: '/f', fields: by(B) }, { get: '/f' }],
    ask: { origin: 'https://c.example' },
    expected: { cache: { status: 'MISS', others: [{ grants: '*' }, { grants: '*' }, { grants: '*' }] } },
  },
  {
    finding: 'F9: an answer that is not stored has its reason in words',
    origin: constant(acao('*'), ['Vary', '*']),
    ask: { origin: A, probe: true },
    options: PASSTHROUGH,
    expected: {
      cache: { status: 'BYPASS', trail: expect.arrayContaining([expect.stringContaining('varies by everything')]) },
    },
  },
  {
    finding: 'F10: purge by URL left the copy of the page',
    origin: reflecting(),
    history: [{ get: '/f', fields: by(A) }],
    purged: { files: [`http://${ZONE}/f`] },
    ask: { origin: A },
    expected: { cache: { status: 'HIT' } },
  },
  {
    finding: 'F11: a 304 brings new CORS headers to the copy',
    origin: inTurn(
      {
        fields: [
          ['Cache-Control', 'max-age=10'],
          ['ETag', '"1"'],
        ],
        body: 'x',
      },
      { status: 304, fields: [['Cache-Control', 'max-age=10'], acao('*')] },
    ),
    history: [
      { get: '/f', fields: by(A) },
      { get: '/f', fields: by(A), after: 11, cache: 'REVALIDATED' },
    ],
    ask: { origin: A },
    expected: { cache: { status: 'HIT' }, browser: { verdict: 'allow' } },
  },
  {
    finding: 'F11: a 304 without CORS headers takes none away',
    origin: inTurn(
      { fields: [['Cache-Control', 'max-age=10'], ['ETag', '"1"'], acao('*')], body: 'x' },
      { status: 304, fields: [['Cache-Control', 'max-age=10']] },
    ),
    history: [
      { get: '/f', fields: by(A) },
      { get: '/f', fields: by(A), after: 11, cache: 'REVALIDATED' },
    ],
    ask: { origin: A },
    expected: { browser: { verdict: 'allow' } },
  },
  {
    finding: 'F12: while a stale copy goes out it is the one of this Origin',
    origin: reflecting(['Cache-Control', 'max-age=1, stale-while-revalidate=600']),
    history: [{ get: '/f', fields: by(B) }],
    ask: { origin: B },
    expected: { cache: { status: 'HIT', variant: { filled_by: { origin: B } } }, browser: { verdict: 'allow' } },
  },
  {
    finding: 'F13: the grant was revoked at the origin server, and the copy has it still',
    origin: inTurn({ fields: [LONG, acao(A), ['Vary', 'Origin']], body: 'x' }, { fields: [LONG], body: 'x' }),
    history: [{ get: '/f', fields: by(A) }],
    ask: { origin: A, probe: true },
    expected: { browser: { verdict: 'allow' }, advice: expect.stringContaining('no longer grants it') },
  },
  {
    finding: 'F14: how long the browser need not ask again',
    origin: preflighted([acao('*'), ['Access-Control-Allow-Headers', 'x-a'], ['Access-Control-Max-Age', '600']]),
    ask: { origin: A, headers: { 'X-A': '1' }, probe: true },
    expected: {
      preflight: { passes: true, max_age: 600 },
      hops: [{ cache_status: 'DYNAMIC' }, { cache_status: 'MISS' }],
    },
  },
  {
    finding: 'F15: a preflight that allows the method and not the header',
    origin: preflighted([acao('*'), ['Access-Control-Allow-Methods', 'PUT']]),
    ask: { origin: A, method: 'PUT', headers: { 'Content-Type': 'application/json' }, probe: true },
    expected: {
      preflight: { passes: false },
      browser: { verdict: 'block', code: 'header-not-allowed' },
      advice: 'at the origin server, answer OPTIONS with Access-Control-Allow-Headers: content-type',
    },
  },
  {
    finding: 'F16: headers of Private Network Access change nothing',
    origin: preflighted([acao('*'), ['Access-Control-Allow-Private-Network', 'true']]),
    ask: { origin: A, method: 'PUT', probe: true },
    expected: { browser: { verdict: 'block', code: 'method-not-allowed' } },
  },
  {
    finding: 'F18: an error without grant, cached',
    origin: () => ({ status: 404, fields: [SHORT], body: 'x' }),
    history: [{ get: '/f', fields: by(A), status: 404 }],
    ask: { origin: A },
    expected: { answer: { status: 404 }, browser: { verdict: 'block', code: 'allow-origin-missing' } },
  },
  {
    finding: 'F19: a redirect without grant blocks, wherever it leads',
    origin: (request) =>
      request.path === '/f' ? { status: 301, fields: [SHORT, ['Location', '/g']] } : constant(acao('*'))(),
    ask: { origin: A, probe: true },
    expected: { hops: [{ status: 301 }], browser: { verdict: 'block', code: 'allow-origin-missing' } },
  },
  {
    finding: 'F19: to another host, Origin becomes null',
    origin: (request) =>
      request.path === '/f'
        ? { status: 301, fields: [SHORT, acao(A), ['Location', `http://b.${ZONE}/g`]] }
        : constant(acao(A))(),
    ask: { origin: A, probe: true },
    expected: {
      hops: [{ origin: A }, { origin: 'null' }],
      browser: { verdict: 'block', code: 'allow-origin-other' },
      advice: expect.stringContaining('a redirect across origins made the Origin null'),
    },
  },
  {
    finding: 'F20: null is an Origin of its own, and not the absence of one',
    origin: reflecting(),
    history: [{ get: '/f' }, { get: '/f', fields: by('null') }],
    ask: { origin: 'null' },
    expected: {
      cache: { status: 'HIT', variant: { filled_by: { origin: 'null' } }, others: [{ origin: null }] },
      browser: { verdict: 'allow' },
    },
  },
  {
    finding: 'F21: * and credentials',
    origin: constant(acao('*'), ['Access-Control-Allow-Credentials', 'true']),
    history: [{ get: '/f', fields: by(A) }],
    ask: { origin: A, credentials: true },
    expected: { browser: { verdict: 'block', code: 'wildcard-with-credentials' } },
  },
  {
    finding: 'F22: a part goes out, and no script sees which',
    origin: constant(acao('*'), ['Accept-Ranges', 'bytes']),
    history: [{ get: '/f', fields: by(A) }],
    ask: { origin: A, headers: { Range: 'bytes=0-1' } },
    expected: {
      answer: { status: 206, fields: { 'content-range': 'bytes 0-1/7' } },
      browser: { verdict: 'allow', exposed: ['cache-control', 'content-length', 'last-modified'] },
    },
  },
  {
    finding: 'F22: exposed, it does',
    origin: constant(acao('*'), ['Access-Control-Expose-Headers', 'Content-Range']),
    history: [{ get: '/f', fields: by(A) }],
    ask: { origin: A, headers: { Range: 'bytes=0-1' } },
    expected: { browser: { exposed: ['cache-control', 'content-length', 'content-range', 'last-modified'] } },
  },
  {
    finding: 'F23: HEAD is answered from the same copy',
    origin: reflecting(),
    history: [{ get: '/f', fields: by(A) }],
    ask: { origin: A, method: 'HEAD' },
    expected: { cache: { status: 'HIT' }, browser: { verdict: 'allow' } },
  },
  {
    finding: 'F24: a resource policy does not bear on a fetch with CORS, but on images of other origins',
    origin: constant(acao('*'), ['Cross-Origin-Resource-Policy', 'same-origin'], ['Timing-Allow-Origin', '*']),
    history: [{ get: '/f', fields: by(A) }],
    ask: { origin: A },
    expected: { browser: { verdict: 'allow', timing: 'visible' } },
  },
  {
    finding: 'F24: and without Origin the sentence names it',
    origin: constant(acao('*'), ['Cross-Origin-Resource-Policy', 'same-origin']),
    history: [{ get: '/f' }],
    ask: {},
    expected: {
      browser: { verdict: 'allow', code: 'no-cors', why: expect.stringContaining('the policy is same-origin') },
    },
  },
  {
    finding: 'F25: a font with a version in its query is another URL',
    origin: reflecting(),
    history: [{ get: '/f?v=1', fields: by(A) }],
    ask: { origin: A },
    expected: { cache: { status: 'MISS', others: [] } },
  },
  {
    finding: 'F26: a variant by Sec-Fetch-Site is told with the value that it is for',
    origin: constant(acao('*'), ['Vary', 'Sec-Fetch-Site']),
    history: [{ get: '/f', fields: [...by(A), ['Sec-Fetch-Site', 'same-site']] }],
    ask: { origin: A, headers: { 'Sec-Fetch-Site': 'cross-site' } },
    options: PASSTHROUGH,
    expected: {
      preflight: null,
      cache: { status: 'MISS', others: [{ why_not: expect.stringContaining('sec-fetch-site "same-site"') }] },
    },
  },
]

test.each(ROWS.map((row) => [row.finding, row] as const))(
  '%s',
  async (_, { origin, history = [], purged, ask, options, expected }) => {
    await using scene = await startScene(options ?? { cache: { cache: true } })
    scene.origin.on('*', origin)
    await play(scene, history)
    if (purged !== undefined) await scene.purge(purged)
    const told = await scene.edge.api('POST', `/zones/${zoneId(ZONE)}/explain`, { url: `http://${ZONE}/f`, ...ask })
    expect((told.json as { result: object }).result).toMatchObject(expected)
  },
)
