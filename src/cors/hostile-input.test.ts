// Everything that comes over the wire is judged without exception, in linear time, and never made into a grant.

import { expect, test } from 'bun:test'
import { makeRandom, pick as pickFrom } from '../../test/support/random.ts'
import type { FieldList } from '../http/index.ts'
import { corsCheck } from './check.ts'
import { advance, setOut } from './journey.ts'
import { parseMethod } from './methods.ts'
import { unsafeRequestHeaderNames } from './request-headers.ts'

const SEED = Number(process.env.FUZZ_SEED ?? Math.floor(Math.random() * 2 ** 32))
const A = 'https://a.example'
const NAMES = ['access-control-allow-origin', 'access-control-allow-credentials', 'access-control-allow-methods', 'access-control-allow-headers', 'access-control-expose-headers', 'access-control-max-age', 'location', 'vary', 'timing-allow-origin', 'cross-origin-resource-policy', 'set-cookie'] as const // biome-ignore format: a list
const PIECES = ['*', 'null', 'true', ',', ' ', ';', '"', A, `${A}/`, '\0', '\r\n', '\u00e9', '\ud800', 'PUT', 'x-a', '//', 'http://', '[', '@', '%', '\\', '..', 'x'.repeat(500)] as const // biome-ignore format: a list
const STATUSES = [200, 204, 206, 301, 302, 303, 304, 307, 308, 404, 500, 0, 999] as const

test(`random answers end every journey, and allow nothing that was not granted (FUZZ_SEED=${SEED})`, () => {
  const random = makeRandom(SEED)
  const pick = <Value>(values: readonly Value[]): Value => pickFrom(random, values)
  const text = (): string =>
    pick([true, false])
      ? pick(['*', A, 'null', 'true', 'x-a', 'PUT'])
      : Array.from({ length: pick([1, 1, 1, 2, 3]) }, () => pick(PIECES)).join('')
  const fields = (): FieldList => Array.from({ length: pick([0, 1, 2, 3, 5]) }, () => [pick(NAMES), text()] as const)
  let allowed = 0
  for (let round = 0; round < 20_000; round += 1) {
    const credentials = pick([true, false])
    const origin = pick([A, 'null', 'http://b.example'])
    const method = pick(['GET', 'POST', 'PUT', 'patch'])
    let journey = setOut({
      url: new URL('http://b.example/x'),
      method,
      headers: pick([[], [['x-a', text()]]]),
      origin,
      credentials,
    })
    let last: FieldList = []
    let sent = 0
    while (journey.kind === 'send') {
      last = fields()
      sent += 1
      journey = advance(journey.state, { status: pick(STATUSES), fields: last })
    }
    // 21 hops, each with a preflight.
    expect(sent).toBeLessThanOrEqual(42)
    if (journey.end.verdict === 'block' || journey.end.step.name === 'same-origin') continue
    allowed += 1
    const granted = last.filter(([name]) => name === 'access-control-allow-origin').map(([, value]) => value)
    expect(granted).toHaveLength(1)
    expect(['*', origin, 'null']).toContain(granted[0] as string)
    if (credentials) expect(granted[0]).not.toBe('*')
    expect(journey.end.exposed).not.toContain('set-cookie')
  }
  expect(allowed).toBeGreaterThan(10)
})

test.each([
  [
    'a grant',
    () => corsCheck({ origin: A, credentials: true }, [['access-control-allow-origin', 'https://a,'.repeat(100_000)]]),
  ],
  ['a content type', () => unsafeRequestHeaderNames([['content-type', `text/${'a;'.repeat(100_000)}`]])],
  ['a range', () => unsafeRequestHeaderNames([['range', `bytes=${'9'.repeat(100_000)}-`]])],
  ['a method', () => parseMethod('a'.repeat(1_000_000))],
  [
    'a list of names',
    () => {
      const journey = setOut({ url: new URL('http://b/'), method: 'GET', headers: [], origin: A, credentials: false })
      const list = 'x-a, '.repeat(100_000)
      if (journey.kind === 'send') {
        advance(journey.state, { status: 200, fields: [['access-control-allow-origin', '*'], ['access-control-expose-headers', list]] }) // biome-ignore format: short
      }
    },
  ],
] as const)('%s of half a megabyte is judged at once', (_, judge) => {
  const began = performance.now()
  judge()
  expect(performance.now() - began).toBeLessThan(1000)
})
