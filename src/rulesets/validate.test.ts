import { describe, expect, test } from 'bun:test'
import type { Phase } from './phases.ts'
import { makeStoredRules } from './rules.fixture.ts'
import { validateRuleset } from './validate.ts'
import { warningsOf } from './warnings.ts'

type Definition = { readonly action: string; readonly expression?: string; readonly action_parameters?: unknown }

const problemsOf = (phase: Phase, rule: Definition) => validateRuleset(phase, makeStoredRules([rule]))

const REDIRECT = 'http_request_dynamic_redirect'
const REWRITE = 'http_request_transform'
const REQUEST = 'http_request_late_transform'
const RESPONSE = 'http_response_headers_transform'
const ORIGIN = 'http_request_origin'
const CONFIG = 'http_config_settings'
const CACHE_RESPONSE = 'http_response_cache_settings'
const SNIPPETS = 'http_request_snippets'

const redirect = (from_value: unknown): Definition => ({ action: 'redirect', action_parameters: { from_value } })
const uri = (value: unknown): Definition => ({ action: 'rewrite', action_parameters: { uri: value } })
const header = (name: string, operation: unknown): Definition => ({
  action: 'rewrite',
  action_parameters: { headers: { [name]: operation } },
})
const route = (action_parameters: unknown): Definition => ({ action: 'route', action_parameters })
const config = (action_parameters: unknown): Definition => ({ action: 'set_config', action_parameters })
const control = (action_parameters: unknown): Definition => ({ action: 'set_cache_control', action_parameters })
const tags = (action_parameters: unknown): Definition => ({ action: 'set_cache_tags', action_parameters })

const SET = { operation: 'set', value: 'a' }
const REMOVE = { operation: 'remove' }

describe('a rule is refused where it is wrong', () => {
  const PARAMETERS = '/0/action_parameters'
  const FROM = `${PARAMETERS}/from_value`
  const URI = `${PARAMETERS}/uri`
  const HEADERS = `${PARAMETERS}/headers`
  const ROWS: readonly (readonly [title: string, phase: Phase, rule: Definition, pointer: string, message: string])[] =
    [
      [
        'with an action of another phase',
        REDIRECT,
        { action: 'block' },
        '/0/action',
        '"block" is no action of http_request_dynamic_redirect; use "redirect"',
      ],
      ['with an action that objects inherit', REDIRECT, { action: 'toString' }, '/0/action', '"toString" is no action'],
      [
        'in a phase that does not run',
        'http_ratelimit',
        { action: 'block' },
        '/0',
        'this version does not run the phase http_ratelimit',
      ],
      [
        'without parameters',
        REDIRECT,
        { action: 'redirect' },
        PARAMETERS,
        'action parameters are required for the redirect action',
      ],
      [
        'by a list',
        REDIRECT,
        { action: 'redirect', action_parameters: { from_list: {} } },
        `${PARAMETERS}/from_list`,
        'bulk redirects are not in this version',
      ],
      ['without a target', REDIRECT, redirect({}), FROM, 'target_url is missing'],
      [
        'with two targets',
        REDIRECT,
        redirect({ target_url: { value: '/', expression: 'http.host' } }),
        `${FROM}/target_url`,
        'use exactly one of value and expression',
      ],
      [
        'with a target that is none',
        REDIRECT,
        redirect({ target_url: { value: 'javascript:alert(1)' } }),
        `${FROM}/target_url/value`,
        'this is no target',
      ],
      [
        'with a status of no redirect',
        REDIRECT,
        redirect({ target_url: { value: '/' }, status_code: 200 }),
        `${FROM}/status_code`,
        'use 301, 302, 303, 307, 308',
      ],
      [
        'with a target that is no text',
        REDIRECT,
        redirect({ target_url: { expression: 'ip.src' } }),
        `${FROM}/target_url/expression`,
        'expected value of type String, but got IP',
      ],
      [
        'with a target that does not parse',
        REDIRECT,
        redirect({ target_url: { expression: 'concat(' } }),
        `${FROM}/target_url/expression`,
        'could not parse value expression: Filter parsing error (1:8):',
      ],
      ['that rewrites nothing', REWRITE, uri({}), URI, 'this rewrites nothing'],
      [
        'with a path without a slash',
        REWRITE,
        uri({ path: { value: 'a' } }),
        `${URI}/path`,
        'the path does not begin with "/"',
      ],
      [
        'with a path of the edge',
        REWRITE,
        uri({ path: { value: '/cdn-cgi/trace' } }),
        `${URI}/path`,
        'the path is below /cdn-cgi/',
      ],
      [
        'with parts that are too long together',
        REWRITE,
        uri({ path: { value: `/${'a'.repeat(3_000)}` }, query: { value: 'a'.repeat(2_000) } }),
        URI,
        '5001 characters in all parts exceed 4096',
      ],
      [
        'with two wildcards replaced',
        REWRITE,
        uri({
          path: {
            expression: 'wildcard_replace(wildcard_replace(http.request.uri.path, "/a*", "/b"), "/b*", "/c")',
          },
        }),
        `${URI}/path/expression`,
        'Filter parsing error',
      ],
      [
        'with a value function in a filter',
        REWRITE,
        { ...uri({ path: { value: '/' } }), expression: 'to_string(ssl) eq "true"' },
        '/0/expression',
        'to_string',
      ],
      [
        'with no header field',
        RESPONSE,
        { action: 'rewrite', action_parameters: { headers: {} } },
        HEADERS,
        'this changes nothing',
      ],
      ['with a name that is none', RESPONSE, header('x a', SET), `${HEADERS}/x a`, 'is no field name'],
      ['with a wildcard for a name', RESPONSE, header('x-*', REMOVE), `${HEADERS}/x-*`, 'is no field name'],
      ['with a protected field', RESPONSE, header('CF-Ray', REMOVE), `${HEADERS}/CF-Ray`, 'cf-ray is protected'],
      ['with another protected field', RESPONSE, header('Server', SET), `${HEADERS}/Server`, 'server is protected'],
      [
        'with a field that frames the message',
        RESPONSE,
        header('Content-Length', SET),
        `${HEADERS}/Content-Length`,
        'content-length is protected',
      ],
      [
        "with the visitor's address",
        REQUEST,
        header('X-Forwarded-For', SET),
        `${HEADERS}/X-Forwarded-For`,
        'rules may only remove it',
      ],
      ['with cookies', REQUEST, header('cookie', SET), `${HEADERS}/cookie`, 'rules may only remove it'],
      ['with Host', REQUEST, header('host', SET), `${HEADERS}/host`, 'override it by an Origin Rule'],
      ['with a field of the edge', REQUEST, header('x-cf-a', REMOVE), `${HEADERS}/x-cf-a`, 'x-cf-a is protected'],
      [
        'with Accept-Encoding',
        REQUEST,
        header('accept-encoding', REMOVE),
        `${HEADERS}/accept-encoding`,
        'accept-encoding is protected',
      ],
      [
        'with a value that breaks the line',
        RESPONSE,
        header('a', { operation: 'set', value: 'a\r\nb: c' }),
        `${HEADERS}/a/value`,
        'not printable ASCII',
      ],
      [
        'with a value beyond ASCII',
        RESPONSE,
        header('a', { operation: 'set', value: 'é' }),
        `${HEADERS}/a/value`,
        'not printable ASCII',
      ],
      [
        'with a value that is too long',
        RESPONSE,
        header('a', { operation: 'set', value: 'a'.repeat(4_097) }),
        `${HEADERS}/a/value`,
        '4097 characters, more than 4096',
      ],
      [
        'with a value for remove',
        RESPONSE,
        header('a', { operation: 'remove', value: 'a' }),
        `${HEADERS}/a`,
        'remove takes no value',
      ],
      [
        'with an operation that is none',
        RESPONSE,
        header('a', { operation: 'append', value: 'a' }),
        `${HEADERS}/a/operation`,
        'use set, add or remove',
      ],
      [
        'with nothing to add',
        RESPONSE,
        header('a', { operation: 'add', value: '' }),
        `${HEADERS}/a/value`,
        'this adds nothing',
      ],
      [
        'with a number to set',
        RESPONSE,
        header('a', { operation: 'set', expression: 'http.response.code' }),
        `${HEADERS}/a/expression`,
        'expected value of type String, but got Int',
      ],
      [
        'with one name in two cases',
        RESPONSE,
        { action: 'rewrite', action_parameters: { headers: { a: SET, A: SET } } },
        `${HEADERS}/A`,
        'is there twice in different case',
      ],
      [
        'with a host that is none',
        ORIGIN,
        route({ host_header: 'a b' }),
        `${PARAMETERS}/host_header`,
        'is no host name',
      ],
      [
        'with a port in a host',
        ORIGIN,
        route({ origin: { host: 'a.test:80' } }),
        `${PARAMETERS}/origin/host`,
        'is no host name',
      ],
      [
        'with port 0',
        ORIGIN,
        route({ origin: { port: 0 } }),
        `${PARAMETERS}/origin/port`,
        'whole number from 1 to 65535',
      ],
      ['with an origin of nothing', ORIGIN, route({ origin: {} }), `${PARAMETERS}/origin`, 'this overrides nothing'],
      ['that overrides nothing', ORIGIN, route({}), PARAMETERS, 'name at least one'],
      [
        'with a setting that does not exist',
        CONFIG,
        config({ turbo: true }),
        `${PARAMETERS}/turbo`,
        'this is no parameter of set_config',
      ],
      [
        'with a mode that does not exist',
        CONFIG,
        config({ ssl: 'maybe' }),
        `${PARAMETERS}/ssl`,
        'use off, flexible, full or strict',
      ],
      [
        'with a directive that does not exist',
        CACHE_RESPONSE,
        control({ 'max-stale': SET }),
        `${PARAMETERS}/max-stale`,
        'is no directive here',
      ],
      [
        'with a lifetime that is missing',
        CACHE_RESPONSE,
        control({ 'max-age': { operation: 'set' } }),
        `${PARAMETERS}/max-age`,
        'value is missing',
      ],
      [
        'with a lifetime to remove',
        CACHE_RESPONSE,
        control({ 'max-age': { operation: 'remove', value: 1 } }),
        `${PARAMETERS}/max-age/value`,
        'remove takes no value',
      ],
      [
        'with a qualifier that is no name',
        CACHE_RESPONSE,
        control({ private: { operation: 'set', qualifiers: ['a b'] } }),
        `${PARAMETERS}/private/qualifiers/0`,
        'is no field name',
      ],
      [
        'with a tag that is none',
        CACHE_RESPONSE,
        tags({ operation: 'add', values: ['a b'] }),
        `${PARAMETERS}/values/0`,
        'is no tag',
      ],
      [
        'with tags that are no list',
        CACHE_RESPONSE,
        tags({ operation: 'add', expression: 'http.host' }),
        `${PARAMETERS}/expression`,
        'expected value of type Array<String>, but got String',
      ],
      [
        'with a request parameter for a response',
        CACHE_RESPONSE,
        { action: 'set_cache_settings', action_parameters: { cache: true } },
        `${PARAMETERS}/cache`,
        '"cache" is not known here',
      ],
      [
        'with a field of the response in a request phase',
        REQUEST,
        { ...header('a', SET), expression: 'http.response.code eq 200' },
        '/0/expression',
        'is not available in filters of http_request_late_transform',
      ],
      [
        'with a snippet without a name',
        SNIPPETS,
        { action: 'run_snippet', action_parameters: {} },
        PARAMETERS,
        'action parameters are required for the run_snippet action',
      ],
      [
        'with a name that no snippet has',
        SNIPPETS,
        { action: 'run_snippet', action_parameters: { snippet_name: 'A-b' } },
        `${PARAMETERS}/snippet_name`,
        'this is no name of a snippet',
      ],
    ]
  test.each(ROWS)('%s', (_, phase, rule, pointer, message) => {
    expect(problemsOf(phase, rule)).toMatchObject([{ pointer, message: expect.stringContaining(message) }])
  })

  test('with a sentence for each mistake of one expression', () => {
    const problems = problemsOf(REQUEST, { ...header('a', SET), expression: 'no.such eq 1 and nor.this' })
    expect(problems).toEqual([
      { pointer: '/0/expression', message: expect.stringContaining('(1:1)') },
      { pointer: '/0/expression', message: expect.stringContaining('(1:18)') },
    ])
  })
})

describe('a rule is accepted', () => {
  const ROWS: readonly (readonly [title: string, phase: Phase, rule: Definition])[] = [
    ['that removes what it may not set', REQUEST, header('x-forwarded-for', REMOVE)],
    ['that removes cf-connecting-ip, the exception', REQUEST, header('cf-connecting-ip', REMOVE)],
    ['that removes cookies', REQUEST, header('cookie', REMOVE)],
    ['that adds a request field', REQUEST, header('x-a', { operation: 'add', value: 'b' })],
    ['with a grant of CORS', RESPONSE, header('Access-Control-Allow-Origin', { operation: 'set', value: '*' })],
    [
      'with a value function in a filter of cache responses',
      CACHE_RESPONSE,
      { ...control({ public: { operation: 'set' } }), expression: 'to_string(http.response.code) eq "200"' },
    ],
    ['with a flag for the origin', REWRITE, uri({ path: { value: '/a' }, origin: true })],
  ]
  test.each(ROWS)('%s', (_, phase, rule) => {
    expect(problemsOf(phase, rule)).toEqual([])
  })

  test('whatever it says while it is off', () => {
    const rules = makeStoredRules([{ action: 'no-action', expression: '(', enabled: false }])
    expect(validateRuleset(REQUEST, rules)).toEqual([])
  })
})

test('no more rules are on than the largest plan has; those that are off do not count', () => {
  const rules = makeStoredRules(Array.from({ length: 301 }, () => header('a', SET)))
  expect(validateRuleset(RESPONSE, rules)).toEqual([
    { pointer: '', message: '301 rules are on, more than 300; switch off or delete 1' },
  ])
  expect(validateRuleset(RESPONSE, rules.with(0, { ...(rules[0] as (typeof rules)[number]), enabled: false }))).toEqual(
    [],
  )
})

describe('what may not do what its author thinks is told', () => {
  const warnings = (phase: Phase, rule: Definition, hasGeoip = false) =>
    warningsOf(phase, makeStoredRules([rule]), { hasGeoip })

  test('a field that cannot be known', () => {
    const rule = { ...header('a', { operation: 'set', expression: 'cf.tls_version' }), expression: 'cf.client.bot' }
    expect(warnings(RESPONSE, rule)).toEqual([
      'rule 1: cf.client.bot cannot be known here, and is always false',
      'rule 1: cf.tls_version cannot be known here, and is always missing',
    ])
  })

  test('a place, until there is a database', () => {
    const rule = { ...header('a', SET), expression: 'ip.src.country eq "PT"' }
    expect(warnings(RESPONSE, rule)).toEqual([
      'rule 1: ip.src.country is missing until edge.geoip names a database of addresses',
    ])
    expect(warnings(RESPONSE, rule, true)).toEqual([])
  })

  test('a parameter that is only kept', () => {
    expect(warnings(CONFIG, config({ polish: 'off', ssl: 'full' }))).toEqual([
      'rule 1: polish is kept, and has no effect here',
    ])
    const cache = { action: 'set_cache_settings', action_parameters: { cache_reserve: { eligible: true } } }
    expect(warnings('http_request_cache_settings', cache)).toEqual([
      'rule 1: cache_reserve is kept, and has no effect here',
    ])
  })

  test('nothing of a rule that does all it says', () => {
    expect(warnings(RESPONSE, header('a', SET))).toEqual([])
  })
})
