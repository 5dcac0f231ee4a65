// Rules as a stranger might send them, run over requests as a stranger might send those.
//
//   I1  No JSON makes the judgement throw.
//   I2  What is accepted compiles, and runs over any request without throwing.
//   I3  What rules answer can be written into a message: no value ends a line, no path leaves its place.

import { expect, test } from 'bun:test'
import { DEFAULT_CACHE_SETTINGS } from '../../src/cache/index.ts'
import {
  applyCacheResponse,
  cacheResponseSettings,
  compileRules,
  makeRuleContext,
  RUN_PHASES,
  type RulesProgram,
  type RunPhase,
  validateRuleset,
} from '../../src/rulesets/index.ts'
import { makeRandom, pick } from '../support/random.ts'
import { makeRuleFacts } from '../support/rule-facts.ts'

const RUNS = 4_000
const URI = /^[\x21-\x7e]*$/
const VALUE = /^[\x20-\x7e]*$/

const VALUES = [
  'http.request.uri.query',
  'url_decode(http.request.uri.query)',
  'http.request.headers["x-a"][0]',
  'http.cookie',
  'http.host',
  'concat("/", url_decode(http.request.uri.path))',
  'to_string(ip.src)',
  'http.request.uri.args["a"][0]',
  'lower(http.user_agent)',
]
const FILTERS = [
  'true',
  'ssl',
  'http.host eq "www.example.com"',
  'any(http.request.uri.args.values[*] contains "a")',
  'not http.request.headers["x-a"][0] eq "b"',
  'http.request.uri.path matches "^/(a+)+$"',
  'http.response.code ge 400',
  'true and',
  'len(http.cookie) gt 3',
]

type Make = (value: string) => { readonly action: string; readonly action_parameters: unknown }

const SEEDS: Readonly<Record<RunPhase, readonly Make[]>> = {
  http_request_dynamic_redirect: [
    (expression) => ({
      action: 'redirect',
      action_parameters: { from_value: { target_url: { expression }, status_code: 301, preserve_query_string: true } },
    }),
  ],
  http_request_transform: [
    (expression) => ({
      action: 'rewrite',
      action_parameters: { uri: { path: { expression }, query: { value: 'a=1' } } },
    }),
    (expression) => ({ action: 'rewrite', action_parameters: { uri: { query: { expression } } } }),
  ],
  http_config_settings: [
    () => ({ action: 'set_config', action_parameters: { ssl: 'full', polish: 'off', autominify: { css: true } } }),
  ],
  http_request_origin: [
    () => ({
      action: 'route',
      action_parameters: { host_header: 'a.test', origin: { host: 'b.test', port: 80 }, sni: { value: 'c.test' } },
    }),
  ],
  http_request_late_transform: [
    (expression) => ({
      action: 'rewrite',
      action_parameters: { headers: { 'x-b': { operation: 'set', expression }, 'x-c': { operation: 'remove' } } },
    }),
  ],
  http_request_cache_settings: [
    () => ({
      action: 'set_cache_settings',
      action_parameters: {
        cache: true,
        edge_ttl: { mode: 'override_origin', default: 60 },
        cache_key: { custom_key: { query_string: { include: ['a'] } } },
      },
    }),
  ],
  http_request_snippets: [() => ({ action: 'run_snippet', action_parameters: { snippet_name: 'cors' } })],
  http_response_cache_settings: [
    (expression) => ({
      action: 'set_cache_tags',
      action_parameters: { operation: 'add', expression: `split(${expression}, ",", 9)` },
    }),
    () => ({
      action: 'set_cache_control',
      action_parameters: {
        'max-age': { operation: 'set', value: 1, cloudflare_only: true },
        private: { operation: 'set', qualifiers: ['a'] },
      },
    }),
    () => ({ action: 'set_cache_settings', action_parameters: { strip_etags: true } }),
  ],
  http_response_headers_transform: [
    (expression) => ({
      action: 'rewrite',
      action_parameters: {
        headers: { 'x-b': { operation: 'add', expression }, 'set-cookie': { operation: 'add', value: 'a=1' } },
      },
    }),
  ],
}

const JUNK: readonly unknown[] = [
  null,
  true,
  -1,
  1e21,
  '',
  'a\r\nb',
  '*',
  [],
  {},
  ['a', 1],
  { list: [] },
  { operation: 'set' },
  '\u0000',
  'é',
  '__proto__',
  2 ** 53,
]
const QUERIES = [
  '',
  '?',
  '?a=b',
  '?%0d%0aset-cookie:%20x',
  `?${'a'.repeat(6_000)}`,
  '?/%23%3f',
  '?%ff%00',
  '?a=%E2%82%AC&a',
]
const FIELDS = ['', 'b', 'caf\u00e9', 'a, b,,c', 'x'.repeat(5_000)]

/** The JSON with one of its members, somewhere, replaced by something else. */
function mutated(json: unknown, random: () => number): unknown {
  if (random() < 0.25) return pick(random, JUNK)
  if (typeof json !== 'object' || json === null) return pick(random, JUNK)
  const entries = Object.entries(json)
  const at = Math.floor(random() * entries.length)
  const changed = entries.map(([name, value], index) => [name, index === at ? mutated(value, random) : value] as const)
  return Array.isArray(json) ? changed.map(([, value]) => value) : Object.fromEntries(changed)
}

function run({ problems: _, urlNormalization: __, ...phases }: RulesProgram, random: () => number): void {
  const field = pick(random, FIELDS)
  const response = {
    status: 404,
    fields: [
      ['cache-control', field],
      ['cache-tag', 'a,b'],
    ] as const,
  }
  const fields = { 'x-a': field, cookie: field, 'user-agent': field }
  const facts = makeRuleFacts({
    query: pick(random, QUERIES),
    path: pick(random, ['/', '/a/b.css', `/${'a'.repeat(4_000)}`]),
    fields,
    response,
  })
  const context = makeRuleContext(facts)
  const redirect = phases.redirect?.run(context, [])
  expect(redirect?.location ?? '').toMatch(URI)
  const rewrite = phases.urlRewrite?.run(context, [])
  if (rewrite?.kind === 'rewritten') {
    expect(rewrite.path ?? '/').toMatch(/^\/[^?#]*$/)
    expect((rewrite.path ?? '') + (rewrite.query ?? '')).toMatch(URI)
  }
  for (const side of [phases.requestHeaders, phases.responseHeaders]) {
    const outcome = side?.run(context, [])
    for (const edit of outcome?.kind === 'edits' ? outcome.edits : []) {
      expect(edit.name).toMatch(/^[a-z0-9_-]+$/)
      if (edit.operation !== 'remove') expect(edit.value).toMatch(VALUE)
    }
  }
  phases.config?.run(context, [])
  phases.originRules?.run(context, [])
  phases.snippetRules?.run(context, [])
  phases.cacheSettings?.run(context, DEFAULT_CACHE_SETTINGS, [])
  const edits = phases.cacheResponse?.run(context, [])
  if (edits !== undefined) {
    cacheResponseSettings(DEFAULT_CACHE_SETTINGS, edits)
    const { judged, passed } = applyCacheResponse(response.fields, edits)
    for (const [name, value] of [...judged, ...passed]) if (name === 'cache-tag') expect(value).toMatch(VALUE)
  }
}

test('rules and requests of strangers break nothing', () => {
  const random = makeRandom(11)
  let accepted = 0
  for (let round = 0; round < RUNS; round += 1) {
    const phase = pick(random, RUN_PHASES)
    const { action, action_parameters } = pick(random, SEEDS[phase])(pick(random, VALUES))
    const rule = {
      ...{ id: 'r', ref: 'r', description: '', enabled: true, action, expression: pick(random, FILTERS) },
      action_parameters: random() < 0.5 ? mutated(action_parameters, random) : action_parameters,
    }
    if (validateRuleset(phase, [rule]).length > 0) continue
    accepted += 1
    const program = compileRules({ zoneName: 'example.com', rulesets: new Map([[phase, [rule]]]) })
    expect(program.problems).toEqual([])
    run(program, random)
  }
  // Neither everything nor nothing was accepted, so both sides were tried.
  expect([accepted > RUNS / 10, accepted < (RUNS * 9) / 10]).toEqual([true, true])
})
