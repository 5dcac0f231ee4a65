import { describe, expect, test } from 'bun:test'
import { type GivenFacts, makeRuleFacts } from '../../../test/support/rule-facts.ts'
import { makeRuleContext } from '../context.ts'
import type { Redirect } from '../outcomes.ts'
import { type GivenRule, programOf } from '../rules.fixture.ts'

const PHASE = 'http_request_dynamic_redirect'

function to(target_url: object, more: object = {}, rule: GivenRule = {}): GivenRule {
  return { action: 'redirect', action_parameters: { from_value: { target_url, ...more } }, ...rule }
}

function run(rules: readonly GivenRule[], facts: GivenFacts = {}): { redirect: Redirect | undefined; trail: string[] } {
  const trail: string[] = []
  return { redirect: programOf(PHASE, rules).redirect?.run(makeRuleContext(makeRuleFacts(facts)), trail), trail }
}

describe('a redirect', () => {
  const ROWS: readonly (readonly [
    title: string,
    rule: GivenRule,
    facts: GivenFacts,
    redirect: Redirect | undefined,
  ])[] = [
    [
      'to a static target, 302 unless it says otherwise',
      to({ value: 'https://a.test/b' }),
      {},
      { status: 302, location: 'https://a.test/b' },
    ],
    ['with its status', to({ value: '/b' }, { status_code: 308 }), {}, { status: 308, location: '/b' }],
    [
      'to a computed target',
      to({ expression: 'concat("https://a.test", http.request.uri.path)' }),
      {},
      { status: 302, location: 'https://a.test/blog/a.html' },
    ],
    ['keeps no query', to({ value: '/b' }), { query: '?x' }, { status: 302, location: '/b' }],
    [
      'or keeps it',
      to({ value: '/b' }, { preserve_query_string: true }),
      { query: '?x' },
      { status: 302, location: '/b?x' },
    ],
    [
      'behind its own, before the fragment',
      to({ value: '/b?y#f' }, { preserve_query_string: true }),
      { query: '?x' },
      { status: 302, location: '/b?y&x#f' },
    ],
    [
      'where there is one',
      to({ value: '/b' }, { preserve_query_string: true }),
      { query: '' },
      { status: 302, location: '/b' },
    ],
    ['without a target happens to nobody', to({ expression: 'http.request.headers["x-to"][0]' }), {}, undefined],
    ['to nothing neither', to({ expression: 'http.referer' }), {}, undefined],
    [
      'is printable ASCII, whatever its target is made of',
      to({ expression: 'url_decode(http.request.uri.query)' }),
      { query: '?/a%0d%0aX:%20%C3%A9%00' },
      { status: 302, location: '/a%0D%0AX:%20%C3%A9%00' },
    ],
    [
      'to a text beyond ASCII is its UTF-8',
      to({ value: 'https://a.test/é' }),
      {},
      { status: 302, location: 'https://a.test/%C3%A9' },
    ],
  ]
  test.each(ROWS)('%s', (_, rule, facts, redirect) => {
    expect(run([rule], facts).redirect).toEqual(redirect as Redirect)
  })

  test('the first that matches ends the phase, and the trail says which', () => {
    const rules = [
      to({ value: '/never' }, {}, { expression: 'ssl' }),
      to({ value: '/off' }, {}, { enabled: false }),
      to({ expression: 'http.request.headers["x-to"][0]' }, {}, { ref: 'empty' }),
      to({ value: '/first' }, { status_code: 301 }, { description: 'the first' }),
      to({ value: '/second' }),
    ]
    expect(run(rules)).toEqual({
      redirect: { status: 301, location: '/first' },
      trail: [
        'rule "empty" of http_request_dynamic_redirect: matched, but its target has no value',
        'rule "the first" of http_request_dynamic_redirect: redirect 301 to /first',
      ],
    })
  })

  test('of nobody leaves no phase', () => {
    expect(programOf(PHASE, [to({ value: '/off' }, {}, { enabled: false })]).redirect).toBeUndefined()
  })
})
