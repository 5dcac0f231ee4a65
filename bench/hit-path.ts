// `npm run bench:hit-path`: what each part of a hit in memory costs, in nanoseconds, on a real request of a real listener.
//
// Each figure is the best of many short runs: whatever disturbs this process makes a run slower, never faster.  It shows
// where a change of the hit path comes from; what a hit costs altogether, sockets included, `npm run bench` says.
//
// One variant stays near the processor.  Of 10,000 in turn none does, and at most rates nearly every hit is the first of its
// variant in a second, so that Age is set: those are figures of their own.

import { bytes, type Clock, epochMillis, millis, systemClock } from '../src/base/index.ts'
import { collectOverrides, findVariant } from '../src/cache/index.ts'
import { makeMemoryStore } from '../src/cache/store/index.ts'
import { makeSnapshot, resolveConfig } from '../src/config/index.ts'
import { makeFindingsBook, makeVariantBudget, SHARING } from '../src/cors/sharing/index.ts'
import {
  answerFromMemory,
  type EdgeServices,
  Flights,
  keyRequest,
  makeBackground,
  makeRoutes,
  nextRay,
} from '../src/edge/index.ts'
import { makeOriginClient } from '../src/origin/index.ts'
import { makeMemoryJournal } from '../src/purge/index.ts'

const RUNS = 12
const CALLS = 100_000
const PATH = '/1k.css'
const SPREAD = { urls: 1000, origins: 10 }
/** Coprime to the number of pairs: every pair comes once before any comes twice. */
const STRIDE = 3571

const RULES = {
  'a response header rule': { http_response_headers_transform: [headerRule('http.host eq "bench.example"')] },
  'a response header rule that does not match': {
    http_response_headers_transform: [headerRule('http.host eq "other.example"')],
  },
  'a conditional cache rule': {
    http_request_cache_settings: [
      {
        ...{ expression: 'not starts_with(http.request.uri.path, "/private/")', action: 'set_cache_settings' },
        action_parameters: { cache: true },
      },
    ],
  },
}

const edge = makeEdge()
const server = Bun.serve({
  hostname: '127.0.0.1',
  port: 0,
  fetch: async (request, self) => {
    await measure(request, self)
    for (const [what, rulesets] of Object.entries(RULES)) await measureUnderRules(what, rulesets, request, self)
    await measureSpread(self)
    return new Response(null, { status: 204 })
  },
})
await fetch(`${server.url.origin}${PATH}`, { headers: { origin: 'https://a0.example.com' } })
await server.stop(true)
edge.origins.close()

function headerRule(expression: string) {
  const headers = { 'Access-Control-Allow-Origin': { operation: 'set', value: '*' } }
  return { expression, action: 'rewrite', action_parameters: { headers } }
}

function makeEdge(rulesets: Readonly<Record<string, unknown>> = {}, clock: Clock = systemClock): EdgeServices {
  const events = (): void => undefined
  const config = resolveConfig({
    zones: [{ name: 'bench.example', origins: { '*': 'http://127.0.0.1:1' }, rulesets }],
  })
  return {
    routes: makeRoutes(makeSnapshot(config, new Map(), 1)),
    store: makeMemoryStore({ memoryLimit: bytes(64e6), clock, events }),
    journal: makeMemoryJournal(clock),
    origins: makeOriginClient(),
    flights: new Flights(),
    sharing: SHARING,
    budget: makeVariantBudget(),
    findings: makeFindingsBook(),
    background: makeBackground(events),
    ...{
      clock,
      events,
      locate: undefined,
      addresses: {},
      debugHeaders: false,
      scripts: undefined,
      relay: undefined,
      siblings: undefined,
      allowPrivate: [],
      accessLog: false,
    },
  }
}

async function measure(request: Request, self: Bun.Server<undefined>): Promise<void> {
  const field = (name: string): string | null => request.headers.get(name)
  const route = edge.routes.find(field('host') ?? '', 'http')
  if (route.kind !== 'found') throw new Error('the route is missing')
  const { origin, authority, plans } = route
  const plan = plans.normal
  const ask = () =>
    keyRequest({ origin, scheme: 'http', authority, hostHeader: undefined, path: PATH, query: '' }, field, undefined)
  const key = plan.keys.make(ask(), [])
  await store(key, plan.zone.id, authority)
  const entry = edge.store.peek(key)
  if (entry === undefined) throw new Error('the entry is missing')

  time('a hit, from request to Response', () => answerFromMemory(request, self, 'http', edge))
  time('  edge: find the route', () => edge.routes.find(authority, 'http'))
  time('  cache: judge eligibility', () => plan.decideEligible('GET', PATH, '', 80))
  time('  cache: collect the override fields', () => collectOverrides(field))
  time('  cache: make the key', () => plan.keys.make(ask(), []))
  time('  store: look up', () => edge.store.peek(key))
  time('  cache: select the variant', () => findVariant(entry, field, undefined))
  time('  edge: a ray', nextRay)
  time('  base: the clock', () => edge.clock.now())
}

async function measureUnderRules(
  what: string,
  rulesets: Readonly<Record<string, unknown>>,
  request: Request,
  self: Bun.Server<undefined>,
): Promise<void> {
  const ruled = makeEdge(rulesets)
  const field = (name: string): string | null => request.headers.get(name)
  const route = ruled.routes.find(field('host') ?? '', 'http')
  if (route.kind !== 'found') throw new Error('the route is missing')
  const { origin, authority, plans } = route
  const asked = keyRequest(
    { origin, scheme: 'http', authority, hostHeader: undefined, path: PATH, query: '' },
    field,
    undefined,
  )
  await store(plans.normal.keys.make(asked, []), plans.normal.zone.id, authority, ruled)
  if (answerFromMemory(request, self, 'http', ruled) === undefined) throw new Error(`${what}: no hit`)
  time(`a hit under ${what}`, () => answerFromMemory(request, self, 'http', ruled))
  ruled.origins.close()
}

async function measureSpread(self: Bun.Server<undefined>): Promise<void> {
  let now = epochMillis(Date.now())
  const many = makeEdge({}, { ...systemClock, now: () => now })
  const route = many.routes.find('bench.example', 'http')
  if (route.kind !== 'found') throw new Error('the route is missing')
  const { origin, authority, plans } = route
  const pairs = SPREAD.urls * SPREAD.origins
  const requests: Request[] = []
  for (let pair = 0; pair < pairs; pair += 1) {
    const path = `/${pair % SPREAD.urls}.css`
    const asker = `https://a${Math.floor(pair / SPREAD.urls)}.example.com`
    const target = { origin, scheme: 'http', authority, hostHeader: undefined, path, query: '' } as const
    const asked = keyRequest(target, (name) => (name === 'origin' ? asker : null), undefined)
    await store(plans.normal.keys.make(asked, []), plans.normal.zone.id, authority, many)
    requests.push(new Request(`http://${authority}${path}`, { headers: { host: authority, origin: asker } }))
  }
  let turn = 0
  const hit = (): void => {
    turn = (turn + STRIDE) % pairs
    const request = requests[turn]
    if (request === undefined || answerFromMemory(request, self, 'http', many) === undefined) throw new Error('no hit')
  }
  time(`a hit, ${pairs.toLocaleString('en')} variants in turn`, hit)
  let calls = 0
  time('  each time in another second', () => {
    calls += 1
    if (calls % pairs === 0) now = epochMillis(now + 1000)
    hit()
  })
  many.origins.close()
}

async function store(key: string, zone: string, host: string, into = edge): Promise<void> {
  const fill = into.store.begin()
  await fill.write(new Uint8Array(1024))
  const none = millis(0)
  const windows = { staleWhileRevalidate: none, staleIfError: none, staleIfUnreachable: none }
  into.store.put({
    ...{ id: 'bench', key, selecting: [], requestFields: [], status: 200, tags: [] },
    location: { zone, scheme: 'http', host, path: PATH, query: '' },
    fields: [
      ['content-type', 'text/css'],
      ['cache-control', 'max-age=86400'],
      ['etag', '"1"'],
      ['access-control-allow-origin', '*'],
    ],
    freshness: { lifetime: millis(86_400_000), alwaysValidate: false, ...windows },
    ...{ responseTime: edge.clock.now(), initialAge: none, revision: edge.journal.revision },
    body: await fill.finish(),
  })
}

function time(what: string, work: () => unknown): void {
  let best = Number.POSITIVE_INFINITY
  for (let run = 0; run < RUNS; run += 1) {
    const began = Bun.nanoseconds()
    for (let call = 0; call < CALLS; call += 1) work()
    best = Math.min(best, (Bun.nanoseconds() - began) / CALLS)
  }
  console.log(`${what.padEnd(58)} ${best.toFixed(0).padStart(6)} ns`)
}
