import { describe, expect, test } from 'bun:test'
import { type GivenFacts, makeRuleFacts } from '../../../test/support/rule-facts.ts'
import { makeRuleContext } from '../context.ts'
import { type GivenRule, programOf } from '../rules.fixture.ts'

const PHASE = 'http_request_transform'

function rewrite(uri: object, rule: GivenRule = {}): GivenRule {
  return { action: 'rewrite', action_parameters: { uri }, ...rule }
}

function run(rules: readonly GivenRule[], facts: GivenFacts = {}, trail: string[] = []) {
  return programOf(PHASE, rules).urlRewrite?.run(makeRuleContext(makeRuleFacts(facts)), trail)
}

describe('a rewrite', () => {
  const ROWS: readonly (readonly [title: string, uri: object, facts: GivenFacts, outcome: object])[] = [
    ['of the path leaves the query', { path: { value: '/new' } }, {}, { path: '/new', query: undefined }],
    ['of the query leaves the path', { query: { value: 'a=1' } }, {}, { path: undefined, query: '?a=1' }],
    ['of both', { path: { value: '/n' }, query: { value: 'a' } }, {}, { path: '/n', query: '?a' }],
    ['to an empty query takes it away', { query: { value: '' } }, {}, { path: undefined, query: '' }],
    [
      'that is computed',
      {
        path: { expression: 'regex_replace(http.request.uri.path, "^/blog/", "/b/")' },
        query: { expression: 'remove_query_args(http.request.uri.query, "x")' },
      },
      {},
      { path: '/b/a.html', query: '?y=2' },
    ],
    [
      'cannot break out of the path',
      { path: { expression: 'url_decode(http.request.uri.path)' } },
      { path: '/a%3Fb%23c%0d%0a%20' },
      { path: '/a%3Fb%23c%0D%0A%20', query: undefined },
    ],
    [
      'cannot break out of the query',
      { query: { expression: 'url_decode(http.request.uri.query)' } },
      { query: '?a%23%20b' },
      { path: undefined, query: '?a%23%20b' },
    ],
  ]
  test.each(ROWS)('%s', (_, uri, facts, outcome) => {
    expect(run([rewrite(uri)], facts)).toEqual({ kind: 'rewritten', ...outcome } as never)
  })

  const FAULTS: readonly (readonly [title: string, uri: object, facts: GivenFacts, code: number, detail: string])[] = [
    [
      'an element that is not there is 1037',
      { path: { expression: 'http.request.headers["x"][0]' } },
      {},
      1037,
      'an expression has no value',
    ],
    [
      'in the query too',
      { query: { expression: 'http.request.uri.args["z"][0]' } },
      {},
      1037,
      'an expression has no value',
    ],
    ['an empty path is 1035', { path: { expression: 'http.referer' } }, {}, 1035, 'the path is empty'],
    ['so is one without a slash', { path: { expression: 'http.host' } }, {}, 1035, 'the path does not begin with "/"'],
    [
      'so is one below /cdn-cgi/',
      { path: { expression: 'concat("/cdn-cgi", http.request.uri.path)' } },
      {},
      1035,
      'the path is below /cdn-cgi/',
    ],
    [
      'a URL without end is 1036',
      { path: { expression: 'concat(http.request.uri.path, http.request.uri.path)' } },
      { path: `/${'a'.repeat(9_000)}` },
      1036,
      'more than 16384',
    ],
  ]
  test.each(FAULTS)('%s', (_, uri, facts, code, detail) => {
    const trail: string[] = []
    expect(run([rewrite(uri)], facts, trail)).toEqual({
      kind: 'fault',
      code,
      detail: expect.stringContaining(detail),
    } as never)
    expect(trail.at(-1)).toContain(detail)
  })

  test('of one part by two rules is the later one, and neither sees the other', () => {
    const trail: string[] = []
    const rules = [
      rewrite({ path: { value: '/one' }, query: { value: 'one' } }),
      rewrite(
        { path: { expression: 'concat("/two", http.request.uri.path)' } },
        { expression: 'http.request.uri.path eq "/p"' },
      ),
      rewrite({ path: { value: '/never' } }, { expression: 'http.request.uri.path eq "/one"' }),
    ]
    expect(run(rules, { path: '/p' }, trail)).toEqual({ kind: 'rewritten', path: '/two/p', query: '?one' })
    expect(trail).toEqual([
      'rule r0 of http_request_transform: rewrite path to /one and query to one',
      'rule r1 of http_request_transform: rewrite path to /two/p',
    ])
  })

  test('that matches nothing changes nothing', () => {
    expect(run([rewrite({ path: { value: '/n' } }, { expression: 'ssl' })])).toBeUndefined()
  })
})
