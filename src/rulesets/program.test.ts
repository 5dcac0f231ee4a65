import { describe, expect, test } from 'bun:test'
import { makeRuleFacts } from '../../test/support/rule-facts.ts'
import { makeRuleContext } from './context.ts'
import type { GeoPlace, RuleFacts } from './facts.ts'
import { compileRules, DEFAULT_URL_NORMALIZATION } from './program.ts'
import { type GivenRule, makeStoredRules, programOf } from './rules.fixture.ts'

const context = (facts: RuleFacts = makeRuleFacts()) => makeRuleContext(facts)

describe('a zone', () => {
  test('without rules has no phase, and the default normalisation', () => {
    const { problems, urlNormalization, ...phases } = compileRules({ zoneName: 'example.com', rulesets: new Map() })
    expect([problems, urlNormalization]).toEqual([[], DEFAULT_URL_NORMALIZATION])
    expect(Object.values(phases).every((phase) => phase === undefined)).toBe(true)
  })

  test('with a rule that cannot be compiled any more runs the others, and says so', () => {
    const rules: readonly GivenRule[] = [
      { action: 'route', expression: 'http.no_such_field', action_parameters: { host_header: 'a.test' }, ref: 'old' },
      { action: 'route', action_parameters: { host_header: 'b.test' } },
    ]
    const rulesets = new Map([['http_request_origin', makeStoredRules(rules)] as const])
    const program = compileRules({ zoneName: 'example.com', rulesets })
    expect(program.originRules?.run(context(), [])).toEqual({ hostHeader: 'b.test' })
    expect(program.problems).toEqual([
      expect.stringMatching(/^example\.com: rule "old" of http_request_origin is off: \/expression: /),
    ])
  })
})

test('a list of rules that a change left alone keeps what it was compiled to, its problems too', () => {
  const rules = makeStoredRules([
    { action: 'route', action_parameters: { host_header: 'a.test' } },
    { action: 'route', expression: '(' },
  ])
  const compiled = () =>
    compileRules({ zoneName: 'example.com', rulesets: new Map([['http_request_origin', rules] as const]) })
  const [first, second] = [compiled(), compiled()]
  expect([first.originRules === second.originRules, first.problems.length, second.problems.length]).toEqual([
    true,
    1,
    1,
  ])
})

describe('Origin Rules and Configuration Rules', () => {
  test('override each parameter by the last rule that names it', () => {
    const trail: string[] = []
    const route = (action_parameters: object, expression = 'true'): GivenRule => ({
      action: 'route',
      action_parameters,
      expression,
    })
    const { originRules } = programOf('http_request_origin', [
      route({ host_header: 'A.test:8080', origin: { host: 'one.test', port: 1 } }),
      route({ origin: { host: '[2001:db8::1]' }, sni: { value: 'S.test' } }),
      route({ origin: { port: 9 } }, 'ssl'),
    ])
    expect(originRules?.run(context(), trail)).toEqual({
      hostHeader: 'a.test:8080',
      hostname: '2001:db8::1',
      port: 1,
      sni: 's.test',
    })
    expect(trail).toEqual([
      'rule r0 of http_request_origin: set Host to a.test:8080, connect to one.test, use port 1',
      'rule r1 of http_request_origin: connect to 2001:db8::1, set SNI to s.test',
    ])
  })

  test('set what the edge has, and keep the rest', () => {
    const { config } = programOf('http_config_settings', [
      { action: 'set_config', action_parameters: { ssl: 'full', rocket_loader: false } },
      { action: 'set_config', action_parameters: { polish: 'off' } },
      { action: 'set_config', action_parameters: { ssl: 'off' }, expression: 'ssl' },
    ])
    expect(config?.run(context(), [])).toEqual({ ssl: 'full' })
    expect(config?.run(context(makeRuleFacts({ scheme: 'https' })), [])).toEqual({ ssl: 'off' })
  })
})

describe('snippet rules', () => {
  test('name the snippets to run, in order, each once', () => {
    const program = compileRules({
      zoneName: 'example.com',
      rulesets: new Map(),
      snippetRules: [
        { id: 'a', expression: 'ssl', snippet_name: 'never' },
        { id: 'b', expression: 'http.host eq "www.example.com"', snippet_name: 'cors', description: 'CORS' },
        { id: 'c', expression: 'true', snippet_name: 'other' },
        { id: 'd', expression: 'true', snippet_name: 'cors' },
        { id: 'e', expression: 'true', snippet_name: 'off', enabled: false },
      ],
    })
    const trail: string[] = []
    expect(program.snippetRules?.run(context(), trail)).toEqual(['cors', 'other'])
    expect(trail[0]).toBe('rule "CORS" of http_request_snippets: run snippet cors')
  })
})

describe('managed transforms', () => {
  const run = (side: 'request' | 'response', ids: readonly string[], facts = makeRuleFacts()) => {
    const managedTransforms = { request: [], response: [], [side]: ids }
    const program = compileRules({ zoneName: 'example.com', rulesets: new Map(), managedTransforms })
    return (side === 'request' ? program.managedRequest : program.managedResponse)?.run(context(facts), []).edits
  }

  test('add what is known of the place, and remove what a visitor claims of the rest', () => {
    const place: GeoPlace = { country: 'BR', city: 'São Paulo', longitude: -46.6 }
    const edits = run('request', ['add_visitor_location_headers'], makeRuleFacts({ locate: () => place })) ?? []
    expect(edits).toContainEqual({ operation: 'set', name: 'cf-ipcountry', value: 'BR' })
    // "São becomes S\u00c3\u00a3o": bytes of UTF-8, written out.
    expect(edits).toContainEqual({ operation: 'set', name: 'cf-ipcity', value: 'S\\u00c3\\u00a3o Paulo' })
    expect(edits).toContainEqual({ operation: 'set', name: 'cf-iplongitude', value: '-46.6' })
    expect(edits).toContainEqual({ operation: 'remove', name: 'cf-timezone' })
  })

  test.each([
    ['request', 'add_true_client_ip_headers', [{ operation: 'set', name: 'true-client-ip', value: '192.0.2.7' }]],
    [
      'request',
      'remove_visitor_ip_headers',
      ['cf-connecting-ip', 'true-client-ip', 'x-forwarded-for'].map((name) => ({ operation: 'remove', name })),
    ],
    ['response', 'remove_x-powered-by_header', [{ operation: 'remove', name: 'x-powered-by' }]],
  ] as const)('of a %s: %s', (side, id, edits) => {
    expect(run(side, [id])).toEqual(edits as never)
  })

  test('add five security fields', () => {
    expect(run('response', ['add_security_headers'])?.map(({ name }) => name)).toEqual([
      'x-content-type-options',
      'x-xss-protection',
      'x-frame-options',
      'referrer-policy',
      'expect-ct',
    ])
  })

  test('that nothing can be done for leave no phase', () => {
    expect(run('request', ['add_bot_protection_headers'])).toBeUndefined()
  })
})
