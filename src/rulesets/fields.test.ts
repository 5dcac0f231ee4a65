import { describe, expect, test } from 'bun:test'
import { type GivenFacts, makeRuleFacts } from '../../test/support/rule-facts.ts'
import { compileValue, parseIp, type Value } from '../rules/index.ts'
import { makeRuleContext } from './context.ts'
import { FIELDS, SCHEME } from './fields.ts'

/** The value of an expression over these facts. */
function valueIn(expression: string, facts: GivenFacts): Value | undefined {
  const compiled = compileValue(expression, SCHEME)
  if (!compiled.ok) throw new Error(compiled.problem[0]?.text)
  const value = compiled.value.get(makeRuleContext(makeRuleFacts(facts)))
  return value instanceof Map ? Object.fromEntries(value) : value
}

describe('a field has the value that is documented', () => {
  const ROWS: readonly (readonly [title: string, expression: string, facts: GivenFacts, value: unknown])[] = [
    ['the cookie as it came', 'http.cookie', { fields: { cookie: 'a=1; b=2' } }, 'a=1; b=2'],
    ['no cookie is an empty one', 'http.cookie', {}, ''],
    ['no user agent is an empty one', 'http.user_agent', {}, ''],
    [
      'a field of bytes beyond ASCII is those bytes',
      'http.referer',
      { fields: { referer: 'caf\xc3\xa9' } },
      'caf\xc3\xa9',
    ],
    ['the host has no port', 'http.host', { host: 'a.test', authority: 'a.test:8080' }, 'a.test'],
    [
      'the full URI has one',
      'http.request.full_uri',
      { authority: 'a.test:8080', path: '/p', query: '?q' },
      'http://a.test:8080/p?q',
    ],
    ['the URI is path and query', 'http.request.uri', { path: '/p', query: '?q' }, '/p?q'],
    ['the query has no question mark', 'http.request.uri.query', { query: '?a=1' }, 'a=1'],
    ['no query is empty', 'http.request.uri.query', { query: '' }, ''],
    ['the extension is lower case', 'http.request.uri.path.extension', { path: '/a/B.TAR.GZ' }, 'gz'],
    ['no extension is empty', 'http.request.uri.path.extension', { path: '/a.b/c' }, ''],
    ['the basename is the last segment', 'http.request.uri.path.basename', { path: '/a/b.c' }, 'b.c'],
    ['the version', 'http.request.version', {}, 'HTTP/1.1'],
    ['seconds of the time', 'http.request.timestamp.sec', {}, 1_700_000_000],
    ['milliseconds of the second', 'http.request.timestamp.msec', {}, 123],
    ['ssl by scheme', 'ssl', { scheme: 'https' }, true],
    [
      'raw is what the visitor sent',
      'raw.http.request.uri',
      { path: '/new', query: '', rawPath: '/old', rawQuery: '?x' },
      '/old?x',
    ],
    [
      'arguments by name, not decoded',
      'http.request.uri.args',
      { query: '?a=%31&b&a=2' },
      { a: ['%31', '2'], b: [''] },
    ],
    ['names of arguments, repeats too', 'http.request.uri.args.names', { query: '?a=1&b&a=2' }, ['a', 'b', 'a']],
    ['values of arguments beside them', 'http.request.uri.args.values', { query: '?a=1&b&a=2' }, ['1', '', '2']],
    ['an argument', 'http.request.uri.args["y"][0]', {}, '2'],
    ['an argument that is not there', 'http.request.uri.args["z"][0]', {}, undefined],
    [
      'cookie names are decoded and merged, values are not',
      'http.request.cookies',
      { fields: { cookie: 'a%20b=%31; a b=2;c' } },
      { 'a b': ['%31', '2'], c: [''] },
    ],
    [
      'a cookie beyond ASCII is the bytes that came',
      'http.request.cookies',
      { fields: { cookie: 'caf\xc3\xa9=\xc3\xa9; a%C3%A9=1' } },
      { 'caf\xc3\xa9': ['\xc3\xa9'], 'a\xc3\xa9': ['1'] },
    ],
    [
      'languages by weight without *',
      'http.request.accepted_languages',
      { fields: { 'accept-language': 'de;q=0.5, *;q=0.9, en-GB, fr;q=0.5, it;q=0' } },
      ['en-GB', 'de', 'fr'],
    ],
    ['a header field by its lower-case name', 'http.request.headers["x-a"][0]', { fields: { 'X-A': '1' } }, '1'],
    ['and by no other spelling', 'http.request.headers["X-A"][0]', { fields: { 'X-A': '1' } }, undefined],
    ['and by nothing that is no name', 'http.request.headers["a b"][0]', {}, undefined],
    ['the names of header fields', 'http.request.headers.names', { fields: { 'X-A': '1' } }, ['host', 'x-a']],
    ['their values', 'http.request.headers.values', { fields: { 'X-A': '1' } }, ['www.example.com', '1']],
    ['the address', 'ip.src', {}, parseIp('192.0.2.7')],
    ['an IPv4 address in its IPv6 form', 'ip.src', { peer: '::ffff:192.0.2.7' }, parseIp('192.0.2.7')],
    ['an address of IPv6', 'ip.src', { peer: '2001:db8::1' }, parseIp('2001:db8::1')],
    ['the port', 'cf.edge.server_port', { port: 8443 }, 8443],
    ['a server address that nobody tells', 'cf.edge.server_ip', {}, undefined],
    ['the zone', 'cf.zone.name', {}, 'example.com'],
    ['the ray', 'cf.ray_id', {}, '0123456789abcdef'],
    ['the threat score is always 0', 'cf.threat_score', {}, 0],
    ['no Worker', 'cf.worker.upstream_zone', {}, ''],
    ['a Worker that took no time', 'cf.timings.worker_msec', {}, 0],
    ['a response that is not there yet', 'http.response.code', {}, undefined],
    ['the status', 'http.response.code', { response: { status: 404 } }, 404],
    [
      'a response field, each line a value',
      'http.response.headers["set-cookie"]',
      {
        response: {
          fields: [
            ['set-cookie', 'a'],
            ['set-cookie', 'b'],
          ],
        },
      },
      ['a', 'b'],
    ],
    [
      'a response field before rules',
      'raw.http.response.headers["a"][0]',
      { response: { fields: [['a', '2']], rawFields: [['a', '1']] } },
      '1',
    ],
    [
      'the media type',
      'http.response.content_type.media_type',
      { response: { fields: [['content-type', 'Text/HTML; charset=x']] } },
      'text/html',
    ],
    ['the kind of an error page', 'cf.response.error_type', { response: { errorType: '5xx' } }, '5xx'],
    ['no error page', 'cf.response.1xxx_code', { response: {} }, 0],
    ['the country', 'ip.src.country', { locate: () => ({ country: 'PT' }) }, 'PT'],
    ['by its old name', 'ip.geoip.country', { locate: () => ({ country: 'PT' }) }, 'PT'],
    ['a country without a database', 'ip.src.country', {}, undefined],
    ['a subdivision that is not known is empty', 'ip.src.subdivision_1_iso_code', { locate: () => ({}) }, ''],
    ['outside of the Union', 'ip.src.is_in_european_union', { locate: () => ({ country: 'GB' }) }, false],
    ['a latitude is text', 'ip.src.lat', { locate: () => ({ latitude: -3.5 }) }, '-3.5'],
    ['a city beyond ASCII is UTF-8', 'ip.src.city', { locate: () => ({ city: 'São Paulo' }) }, 'S\xc3\xa3o Paulo'],
    ['what cannot be known is missing', 'cf.bot_management.score', {}, undefined],
    ['or has its documented value', 'cf.tls_client_auth.cert_verified', {}, false],
    ['which may be a text', 'cf.verified_bot_category', {}, ''],
  ]
  test.each(ROWS)('%s', (_, expression, facts, value) => {
    expect(valueIn(expression, facts)).toEqual(value as Value)
  })

  test('the random seed is sixteen bytes, and others for another request', () => {
    const [a, b] = [valueIn('cf.random_seed', {}), valueIn('cf.random_seed', {})]
    expect([String(a).length, a === b]).toEqual([16, false])
  })
})

test('every field has a sentence, and no two share a name', () => {
  expect(FIELDS.filter(({ doc }) => !doc.endsWith('.'))).toEqual([])
  expect(new Set(FIELDS.map(({ name }) => name)).size).toBe(FIELDS.length)
})

describe('a context', () => {
  const [path = -1, raw = -1, host = -1] = ['http.request.uri.path', 'raw.http.request.uri.path', 'http.host'].map(
    (name) => FIELDS.findIndex((row) => row.name === name),
  )

  test('freezes fields within a phase, and reads those that may change again in the next', () => {
    const reads: string[] = []
    const read = (name: string, value: string): string => {
      reads.push(name)
      return value
    }
    const state = { path: '/one' }
    const facts = Object.defineProperties(makeRuleFacts(), {
      path: { get: () => read('path', state.path) },
      rawPath: { get: () => read('raw', '/raw') },
    })
    const context = makeRuleContext(facts)
    expect([context.get(path), context.get(raw)]).toEqual(['/one', '/raw'])
    state.path = '/two'
    expect([context.get(path), context.get(raw), reads.length]).toEqual(['/one', '/raw', 2])
    context.beginPhase()
    expect([context.get(path), context.get(raw), reads.length]).toEqual(['/two', '/raw', 3])
  })

  test('computes a missing field once, too', () => {
    let looks = 0
    const locate = () => {
      looks += 1
      return undefined
    }
    const facts = makeRuleFacts({ locate })
    const context = makeRuleContext(facts)
    const country = FIELDS.findIndex(({ name }) => name === 'ip.src.country')
    const city = FIELDS.findIndex(({ name }) => name === 'ip.src.city')
    for (const index of [country, country, city]) expect(context.get(index)).toBeUndefined()
    context.beginPhase()
    expect([context.get(country), looks, context.get(host)]).toEqual([undefined, 1, 'www.example.com'])
  })
})
