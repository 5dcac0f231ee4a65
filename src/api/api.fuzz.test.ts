// Whatever arrives, the API answers in an envelope below 500, agrees with itself, and the journal takes nothing that was
// refused.  FUZZ_SEED repeats a run; FUZZ_ROUNDS makes it longer.

import { afterAll, beforeAll, expect, test } from 'bun:test'
import { connect } from '../../test/support/client.ts'
import { type ApiUnderTest, startApiUnderTest, TOKEN, ZONE } from './api.fixture.ts'

const SEED = Number(process.env.FUZZ_SEED ?? Date.now() % 1e9)
const ROUNDS = Number(process.env.FUZZ_ROUNDS ?? 400)

let api: ApiUnderTest
beforeAll(() => {
  api = startApiUnderTest()
})
afterAll(() => api.stop())

const random = makeRandom(SEED)
const below = (limit: number): number => Math.floor(random() * limit)
const pick = <T>(from: readonly T[]): T => from[below(from.length)] as T

const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'PURGE']
const SEGMENTS = [ZONE.id, 'zones', 'purge_cache', 'invalidate_cache', 'environments', 'user', 'tokens', 'verify', '..']
const ODD_SEGMENTS = [
  '%2e%2e',
  '%00',
  '%ff',
  '%',
  '*',
  ':zone_id',
  '{zone_id}',
  '',
  '__proto__',
  'a'.repeat(3000),
  '%F0%9F%98%80',
]
const WORDS = ['purge_everything', 'files', 'tags', 'hosts', 'prefixes', 'url', 'headers', 'variants', '__proto__', 'x']
const TEXTS = [
  'http://b.example.com/',
  'https://b.example.com:443/a?b#c',
  'http://[::1]:99999/',
  'b.example.com/foo',
  'b.example.com',
  '\ud800',
  'é\u0000\r\n',
  '*',
  '//',
  '%',
  '.'.repeat(2000),
  `b.example.com/${'/'.repeat(2000)}`,
  'all',
]

function jsonValue(depth: number): unknown {
  const kind = below(depth > 3 ? 4 : 7)
  if (kind === 0) return pick([null, true, false, 0, -1, 1e308])
  if (kind <= 3) return pick(TEXTS)
  if (kind <= 5) return Array.from({ length: below(4) }, () => jsonValue(depth + 1))
  return jsonObject(depth)
}

function jsonObject(depth: number): object {
  return Object.fromEntries(Array.from({ length: 1 + below(2) }, () => [pick(WORDS), jsonValue(depth + 1)]))
}

/** JSON that is near to a purge, cut or spoiled now and then. */
function body(): string {
  const text = JSON.stringify(random() < 0.9 ? jsonObject(0) : jsonValue(0))
  const at = below(text.length)
  return pick([
    text,
    text,
    text,
    text.slice(0, at),
    text.slice(0, at) + pick(['\u0000', '"', '{', '\\', '😀']) + text.slice(at),
  ])
}

function path(): string {
  if (random() < 0.6) return `/client/v4/zones/${ZONE.id}/${pick(['purge_cache', 'invalidate_cache', 'purge_cache/'])}`
  const segments = Array.from({ length: below(6) }, () => pick(random() < 0.7 ? SEGMENTS : ODD_SEGMENTS))
  return `/client/v4/${segments.join('/')}${pick(['', '', '?', '?a=%ff&a', '?page=1e9'])}`
}

function fields(): readonly string[] {
  const right = `Authorization: Bearer ${TOKEN}`
  return [
    ...(random() < 0.8
      ? [right]
      : pick([[], ['Authorization: Bearer'], ['Authorization: Bearer \xff'], ['X-Auth-Key: x'], [right, right]])),
    ...(random() < 0.8
      ? ['Content-Type: application/json']
      : pick([[], ['Content-Type: text/plain'], ['Content-Type: ;;,']])),
    ...(random() < 0.95 ? [] : ['Content-Encoding: gzip']),
  ]
}

test(`nothing answers 5xx or purges what it refuses (FUZZ_SEED=${SEED})`, async () => {
  for (let round = 0; round < ROUNDS; round += 1) {
    const content = Buffer.from(body())
    const head = [
      `${pick(METHODS)} ${path()} HTTP/1.1`,
      'Host: localhost',
      ...fields(),
      `Content-Length: ${content.length}`,
    ]
    const text = `${head.join('\r\n')}\r\n\r\n`
    using connection = await connect(api.server.url)
    await connection.write(Buffer.concat([Buffer.from(text, 'latin1'), content]))
    const method = text.slice(0, text.indexOf(' '))
    const answer = await connection.readResponse(method)
    const seen = { seed: SEED, round, text, content: content.toString() }
    const entries = api.takeEntries().length

    expect({ ...seen, is5xx: answer === undefined || answer.status >= 500 }).toEqual({ ...seen, is5xx: false })
    const done = answer?.status === 200
    if (!done) expect({ ...seen, entries }).toEqual({ ...seen, entries: 0 })
    // What Bun answers by itself, before any handler, has no content.
    if (method !== 'HEAD' && answer?.field('content-type') !== undefined) {
      expect({ ...seen, envelope: answer.json }).toMatchObject({ ...seen, envelope: { success: done } })
    }
  }
  expect(api.events).toEqual([])
})

/** A small linear congruential generator: the same seed gives the same run. */
function makeRandom(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return state / 2 ** 32
  }
}
