import { describe, expect, test } from 'bun:test'
import { type GivenFacts, makeRuleFacts } from '../../../test/support/rule-facts.ts'
import type { FieldList } from '../../http/index.ts'
import { makeRuleContext } from '../context.ts'
import type { HeaderEdit } from '../outcomes.ts'
import { type GivenRule, programOf } from '../rules.fixture.ts'
import { applyHeaderEdits } from './rewrite-headers.ts'

const PHASE = 'http_response_headers_transform'

function headers(operations: object, rule: GivenRule = {}): GivenRule {
  return { action: 'rewrite', action_parameters: { headers: operations }, ...rule }
}

function run(rules: readonly GivenRule[], facts: GivenFacts = {}, trail: string[] = []) {
  return programOf(PHASE, rules).responseHeaders?.run(makeRuleContext(makeRuleFacts({ response: {}, ...facts })), trail)
}

describe('header rules', () => {
  const ROWS: readonly (readonly [
    title: string,
    operations: object,
    facts: GivenFacts,
    edits: readonly HeaderEdit[],
  ])[] = [
    [
      'set a value, under the name in lower case',
      { 'X-A': { operation: 'set', value: 'b' } },
      {},
      [{ operation: 'set', name: 'x-a', value: 'b' }],
    ],
    ['add one', { 'x-a': { operation: 'add', value: 'b' } }, {}, [{ operation: 'add', name: 'x-a', value: 'b' }]],
    ['remove one', { 'x-a': { operation: 'remove' } }, {}, [{ operation: 'remove', name: 'x-a' }]],
    [
      'compute one',
      { 'x-a': { operation: 'set', expression: 'http.request.uri.args["y"][0]' } },
      {},
      [{ operation: 'set', name: 'x-a', value: '2' }],
    ],
    [
      'a missing value removes',
      { 'x-a': { operation: 'set', expression: 'http.request.uri.args["z"][0]' } },
      {},
      [{ operation: 'remove', name: 'x-a' }],
    ],
    [
      'an empty value removes',
      { 'x-a': { operation: 'set', expression: 'http.referer' } },
      {},
      [{ operation: 'remove', name: 'x-a' }],
    ],
    [
      'a static empty value removes',
      { 'x-a': { operation: 'set', value: '' } },
      {},
      [{ operation: 'remove', name: 'x-a' }],
    ],
    [
      'a missing value adds nothing',
      { 'x-a': { operation: 'add', expression: 'http.request.uri.args["z"][0]' } },
      {},
      [],
    ],
    [
      'a value of the response',
      { 'x-a': { operation: 'set', expression: 'to_string(http.response.code)' } },
      { response: { status: 404 } },
      [{ operation: 'set', name: 'x-a', value: '404' }],
    ],
  ]
  test.each(ROWS)('%s', (_, operations, facts, edits) => {
    expect(run([headers(operations)], facts)).toEqual({ kind: 'edits', edits })
  })

  test.each([
    ['a line break', '?a%0d%0aset-cookie:%20b', 'not printable ASCII'],
    ['a byte beyond ASCII', '?%C3%A9', 'not printable ASCII'],
    ['more than 4 KB', `?${'a'.repeat(5_000)}`, '5000 characters, more than 4096'],
  ])('end the request with 1041 for %s', (_, query, detail) => {
    const rule = headers({ 'x-a': { operation: 'set', expression: 'url_decode(http.request.uri.query)' } })
    expect(run([rule], { query })).toEqual({
      kind: 'fault',
      code: 1041,
      detail: expect.stringContaining(detail),
    } as never)
  })

  test('end the request with 1038 when all fields together are too long', () => {
    const rule = (name: string) => headers({ [name]: { operation: 'set', value: 'a'.repeat(4_000) } })
    expect(run(['a', 'b', 'c', 'd'].map(rule))).toMatchObject({ kind: 'edits' })
    expect(run(['a', 'b', 'c', 'd', 'e'].map(rule))).toMatchObject({ kind: 'fault', code: 1038 })
  })

  test('apply all that match, in order, and the trail names each', () => {
    const trail: string[] = []
    const rules = [
      headers({ a: { operation: 'set', value: '1' } }, { description: 'cors' }),
      headers({ a: { operation: 'set', value: '2' }, b: { operation: 'remove' } }),
      headers({ a: { operation: 'set', value: '3' } }, { expression: 'ssl' }),
    ]
    const outcome = run(rules, {}, trail)
    expect(
      outcome?.kind === 'edits' &&
        applyHeaderEdits(
          [
            ['a', '0'],
            ['b', '0'],
          ],
          outcome.edits,
        ),
    ).toEqual([['a', '2']])
    expect(trail).toEqual([
      'rule "cors" of http_response_headers_transform: set a',
      'rule r1 of http_response_headers_transform: set a, remove b',
    ])
  })

  test('with static values give the same object for the same matches', () => {
    const program = programOf(PHASE, [
      headers({ a: { operation: 'set', value: '1' } }),
      headers({ b: { operation: 'set', value: '1' } }, { expression: 'ssl' }),
    ])
    const once = (facts: GivenFacts) => program.responseHeaders?.run(makeRuleContext(makeRuleFacts(facts)), [])
    const [http, https] = [once({}), once({ scheme: 'https' })]
    expect([once({}) === http, once({ scheme: 'https' }) === https, http === https]).toEqual([true, true, false])
  })
})

describe('edits are carried out', () => {
  const FIELDS: FieldList = [
    ['a', '1'],
    ['set-cookie', 'x'],
    ['a', '2'],
    ['set-cookie', 'y'],
  ]
  const ROWS: readonly (readonly [title: string, edit: HeaderEdit, fields: FieldList])[] = [
    [
      'set replaces every line',
      { operation: 'set', name: 'a', value: '3' },
      [
        ['set-cookie', 'x'],
        ['set-cookie', 'y'],
        ['a', '3'],
      ],
    ],
    [
      '"set-cookie: set wipes every existing one"',
      { operation: 'set', name: 'set-cookie', value: 'z' },
      [
        ['a', '1'],
        ['a', '2'],
        ['set-cookie', 'z'],
      ],
    ],
    ['add keeps what is there', { operation: 'add', name: 'a', value: '3' }, [...FIELDS, ['a', '3']]],
    [
      'remove takes all of the name',
      { operation: 'remove', name: 'a' },
      [
        ['set-cookie', 'x'],
        ['set-cookie', 'y'],
      ],
    ],
    ['remove of what is not there', { operation: 'remove', name: 'b' }, FIELDS],
  ]
  test.each(ROWS)('%s', (_, edit, fields) => {
    expect(applyHeaderEdits(FIELDS, [edit])).toEqual(fields)
  })
})
