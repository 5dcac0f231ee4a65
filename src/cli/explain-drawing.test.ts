// The drawing of an explanation, asserted literally.

import { describe, expect, test } from 'bun:test'
import { drawExplanation } from './explain-drawing.ts'
import { harmless, PLAIN, paintFor } from './paint.ts'

const A = 'https://a.example'
const ASKED = { url: 'http://b.example/f.css', origin: A, method: 'GET' }

const RESULT = {
  rules: ['rule x of http_request_cache_settings: set cache'],
  cache: {
    status: 'HIT',
    assumes: null,
    eligible: true,
    key: `z origin=${A} http://b.example/f.css`,
    key_parts: [
      { name: 'zone', value: 'z' },
      { name: 'origin', value: A },
      { name: 'url', value: 'http://b.example/f.css' },
    ],
    variant: {
      ...{ id: '1', status: 200, age: 15, ttl: 45, fresh: true, revision: 0 },
      filled_by: { origin: A, at: '2026-05-04T12:00:00.000Z' },
      fields: {},
    },
    others: [
      { id: '2', origin: null, status: 200, age: 70, ttl: -10, grants: '*', why_not: 'it is the copy of no Origin' },
    ],
    more_others: false,
    trail: ['rule x of http_request_cache_settings: set cache', 'a stored response is fresh'],
  },
  browser: {
    ...{ verdict: 'block', step: 'CORS check: Access-Control-Allow-Origin is missing', code: 'allow-origin-missing' },
    ...{ why: 'the answer has none', assumes: null, exposed: [], timing: 'hidden' },
  },
  answer: { status: 200, fields: {} },
  probe: null,
  preflight: null,
  hops: [{ kind: 'cors', method: 'GET', url: 'http://b.example/f.css', origin: A, cache_status: 'HIT', status: 200 }],
  advice: 'answer with a grant',
}

const draw = (result: unknown, follows = false, paint = PLAIN): string => {
  const drawn = drawExplanation(ASKED, result, { paint, follows })
  if (!drawn.ok) throw new Error(drawn.problem.message)
  return drawn.value
}

test.each([
  [A, `GET http://b.example/f.css from a page of ${A}`],
  ['null', 'GET http://b.example/f.css from a page whose Origin is null'],
  [undefined, 'GET http://b.example/f.css without a page'],
])('who asks is said first: %p', (origin, expected) => {
  const drawn = drawExplanation({ ...ASKED, origin }, RESULT, { paint: PLAIN, follows: false })
  expect(drawn.ok && drawn.value.split('\n')[0]).toBe(expected)
})

test('the verdict comes first, then how it came about, then what to do', () => {
  expect(draw(RESULT)).toBe(`GET http://b.example/f.css from a page of https://a.example

BLOCKED   CORS check: Access-Control-Allow-Origin is missing
          the answer has none

rules     rule x of http_request_cache_settings: set cache
edge      HIT, sends 200
          a stored response is fresh
          filled 2026-05-04T12:00:00.000Z by a request with Origin https://a.example; 15 s old, fresh for 45 s
key       zone    z
          origin  https://a.example
          url     http://b.example/f.css
stored       Origin             grants  status  age   fresh for
          >  https://a.example  -       200     15 s  45 s       this one
             -                  *       200     70 s  stale      it is the copy of no Origin

advice    answer with a grant
`)
})

test('--follow draws every request', () => {
  const hop = {
    kind: 'cors',
    method: 'GET',
    url: 'http://c.example/',
    origin: 'null',
    cache_status: null,
    status: null,
  }
  const text = draw({ ...RESULT, hops: [{ ...RESULT.hops[0], kind: 'preflight', method: 'OPTIONS' }, hop] }, true)
  expect(text).toContain('1  OPTIONS (preflight)  http://b.example/f.css  Origin https://a.example  HIT    200')
  expect(text).toContain('2  GET                  http://c.example/       Origin null               -      unknown')
  expect(draw({ ...RESULT, hops: [hop, hop] })).toContain('2 requests; --follow shows them')
})

test('nothing stored, nobody asked', () => {
  const cache = { ...RESULT.cache, variant: null, others: [], status: 'MISS', assumes: 'the origin server answers' }
  const browser = { ...RESULT.browser, verdict: 'unknown', why: 'nothing is stored' }
  const text = draw({ ...RESULT, cache, browser, answer: null })
  expect(text).toContain('UNKNOWN   nothing is stored\n')
  expect(text).toContain('edge      MISS\n')
  expect(text).toContain('stored    nothing for this URL')
})

describe('colour', () => {
  test('is on the verdict, on a terminal', () => {
    expect(draw(RESULT, false, paintFor({}))).toContain('\u001b[1;31mBLOCKED\u001b[0m   CORS check')
    expect(draw(RESULT)).not.toContain('\u001b')
  })
  test.each([[{ NO_COLOR: '1' }], [{ TERM: 'dumb' }]])('is off with %j', (environment) => {
    expect(paintFor(environment)).toBe(PLAIN)
  })
  test('is on with an empty NO_COLOR', () => {
    expect(paintFor({ NO_COLOR: '' })).not.toBe(PLAIN)
  })
})

describe('what came over the wire', () => {
  const NASTY = '\u001b]0;pwned\u0007\u009b31m\r\n\u202e'
  test('cannot steer the terminal', () => {
    const cache = {
      ...RESULT.cache,
      trail: [NASTY],
      key_parts: [{ name: NASTY, value: NASTY }],
      others: [{ ...RESULT.cache.others[0], origin: NASTY, grants: NASTY, why_not: NASTY }],
      variant: {
        ...RESULT.cache.variant,
        filled_by: { origin: NASTY, at: '' },
        fields: { 'access-control-allow-origin': NASTY },
      },
    }
    const browser = { ...RESULT.browser, step: NASTY, why: NASTY, exposed: [NASTY], assumes: NASTY }
    const hops = [{ ...RESULT.hops[0], url: NASTY, origin: NASTY }]
    const preflight = { why: NASTY, passes: false, max_age: null }
    const probe = { kind: 'failed', why: NASTY }
    const rules = [NASTY]
    const text = draw({ ...RESULT, rules, cache, browser, hops, preflight, probe, advice: NASTY }, true)
    // biome-ignore lint/suspicious/noControlCharactersInRegex: the drawing's own line breaks are the only ones.
    expect(text.match(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202a-\u202e]/g)).toBeNull()
  })
  test('is replaced sign by sign', () => {
    expect(harmless('a\u001b[0mb\u00e9')).toBe('a?[0mb\u00e9')
  })
})

test.each([[null], ['x'], [{}], [{ cache: {}, browser: {}, hops: [] }]])('%j is no explanation', (result) => {
  expect(drawExplanation(ASKED, result, { paint: PLAIN, follows: false }).ok).toBe(false)
})
