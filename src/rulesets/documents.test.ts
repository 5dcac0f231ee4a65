import { describe, expect, test } from 'bun:test'
import type { Result } from '../base/index.ts'
import {
  addRule,
  deleteRule,
  type EditContext,
  editRule,
  makeRuleset,
  type RulesetDocument,
  type RulesetProblem,
  replaceRuleset,
} from './documents.ts'
import { readRuleEdit, readRuleset } from './read-ruleset.ts'
import { validateRuleset } from './validate.ts'

const PHASE = 'http_request_cache_settings'
const rule = (name: string, rest: object = {}) => ({
  action: 'set_cache_settings',
  expression: 'true',
  description: name,
  action_parameters: { cache: true },
  ...rest,
})

/** Ids count from 1; nothing is judged unless asked. */
function makeContext(now = 'now', validate: EditContext['validate'] = () => []): EditContext {
  return { now, newId: () => String(++ids).padStart(32, '0'), validate }
}
let ids = 0

function take<Value>(result: Result<Value, unknown>): Value {
  if (!result.ok) throw new Error(JSON.stringify(result.problem))
  return result.value
}

function make(names: readonly string[]): RulesetDocument {
  return take(
    makeRuleset(PHASE, take(readRuleset({ name: 'n', rules: names.map((name) => rule(name)) })), makeContext()),
  )
}

const namesOf = ({ rules }: RulesetDocument) => rules.map(({ description }) => description).join('')
const idOf = (ruleset: RulesetDocument, name: string) =>
  ruleset.rules.find(({ description }) => description === name)?.id ?? ''

test('a new ruleset has version "1", and each rule its id as ref', () => {
  const [rulesetId = '', ruleId = ''] = [1, 2].map((n) => String(ids + n).padStart(32, '0'))
  expect(take(makeRuleset(PHASE, take(readRuleset({ rules: [rule('a')] })), makeContext()))).toEqual({
    id: rulesetId,
    name: 'default',
    description: '',
    kind: 'zone',
    phase: PHASE,
    version: '1',
    last_updated: 'now',
    rules: [
      {
        ...rule('a'),
        enabled: true,
        id: ruleId,
        ref: ruleId,
        version: '1',
        last_updated: 'now',
      },
    ],
  })
})

describe('a position', () => {
  const four = make(['1', '2', '3', '4'])
  test.each([
    ['index 3', { index: 3 }, '2314'],
    ['index 1', { index: 1 }, '1234'],
    ['an index beyond the end', { index: 999 }, '2341'],
    ['before another', { before: idOf(four, '4') }, '2314'],
    ['after another', { after: idOf(four, '4') }, '2341'],
    ['before ""', { before: '' }, '1234'],
    ['after ""', { after: '' }, '2341'],
  ])('%s moves the rule, and changes none', (_, position, expected) => {
    const moved = take(editRule(four, idOf(four, '1'), take(readRuleEdit({ position })), makeContext('later')))
    expect([namesOf(moved), moved.version, moved.last_updated]).toEqual([expected, '2', 'later'])
    expect(moved.rules.map(({ version }) => version)).toEqual(['1', '1', '1', '1'])
  })

  test.each([
    ['index 2', { index: 2 }, '1n234'],
    ['before another', { before: idOf(four, '3') }, '12n34'],
    ['none', undefined, '1234n'],
  ])('%s places a new rule', (_, position, expected) => {
    const added = take(addRule(four, take(readRuleEdit(rule('n', { ...(position && { position }) }))), makeContext()))
    expect(namesOf(added)).toBe(expected)
  })

  test.each([
    [{ before: 'x' }, '/position/before'],
    [{ after: idOf(four, '1') }, '/position/after'],
  ])('%j names no other rule', (position, pointer) => {
    const refused = editRule(four, idOf(four, '1'), take(readRuleEdit({ position })), makeContext())
    expect(refused).toMatchObject({ ok: false, problem: { kind: 'invalid', problems: [{ pointer }] } })
  })
})

describe('a rule that is edited', () => {
  test('is replaced entirely, and keeps id, ref and place', () => {
    const two = make(['1', '2'])
    const edit = take(readRuleEdit({ action: 'set_cache_settings', expression: 'true' }))
    const edited = take(editRule(two, idOf(two, '1'), edit, makeContext('later')))
    expect(edited.rules[0]).toEqual({
      action: 'set_cache_settings',
      expression: 'true',
      description: '',
      enabled: true,
      id: idOf(two, '1'),
      ref: idOf(two, '1'),
      version: '2',
      last_updated: 'later',
    })
    expect(edited.rules[1]).toEqual(two.rules[1])
  })

  test('or deleted must be there', () => {
    const one = make(['1'])
    const unknown: RulesetProblem = { kind: 'unknown-rule', id: 'x' }
    expect(editRule(one, 'x', take(readRuleEdit(rule('a'))), makeContext())).toEqual({ ok: false, problem: unknown })
    expect(deleteRule(one, 'x', makeContext())).toEqual({ ok: false, problem: unknown })
    expect(take(deleteRule(one, idOf(one, '1'), makeContext()))).toMatchObject({ rules: [], version: '2' })
  })

  test('with nothing to change is refused', () => {
    const one = make(['1'])
    expect(readRuleEdit({})).toMatchObject({ ok: false })
    expect(editRule(one, idOf(one, '1'), { rule: undefined, position: undefined }, makeContext()).ok).toBe(false)
  })
})

describe('a replacement', () => {
  test('keeps rules that it names by id or ref, and their versions where nothing changed', () => {
    const old = take(
      makeRuleset(
        PHASE,
        take(readRuleset({ rules: [rule('a'), rule('b', { ref: 'bee' }), rule('c')] })),
        makeContext(),
      ),
    )
    const rules = [rule('c2', { id: idOf(old, 'c') }), rule('b', { ref: 'bee' }), rule('d')]
    const replaced = take(replaceRuleset(old, take(readRuleset({ rules })), makeContext('later')))
    expect(replaced.rules.map(({ id, version }) => [id, version])).toEqual([
      [idOf(old, 'c'), '2'],
      [idOf(old, 'b'), '1'],
      [expect.any(String), '1'],
    ])
  })

  test('with only a description keeps the rules', () => {
    const replaced = take(replaceRuleset(make(['1', '2']), take(readRuleset({ description: 'new' })), makeContext()))
    expect([replaced.description, namesOf(replaced), replaced.version]).toEqual(['new', '12', '2'])
  })

  test.each([
    ['an id that no rule has', [rule('a', { id: 'f'.repeat(32) })], '/rules/0/id'],
    ['a ref twice', [rule('a', { ref: 'x' }), rule('b', { ref: 'x' })], '/rules/1/ref'],
  ])('with %s is refused', (_, rules, pointer) => {
    const refused = replaceRuleset(make([]), take(readRuleset({ rules })), makeContext())
    expect(refused).toMatchObject({ ok: false, problem: { problems: [{ pointer }] } })
  })
})

test('what cannot be run is refused where it stands', () => {
  const context = makeContext('now', validateRuleset)
  const rules = [rule('a'), rule('b', { expression: 'http.host eq' }), rule('c', { action: 'block', enabled: false })]
  expect(makeRuleset(PHASE, take(readRuleset({ rules })), context)).toMatchObject({
    ok: false,
    problem: { kind: 'invalid', problems: [{ pointer: '/rules/1/expression' }] },
  })
  const added = addRule(make(['1']), take(readRuleEdit(rule('b', { action_parameters: { cache: 7 } }))), context)
  expect(added).toMatchObject({ ok: false, problem: { problems: [{ pointer: '/action_parameters/cache' }] } })
  expect(makeRuleset('http_ratelimit', take(readRuleset({ rules: [rule('a')] })), context).ok).toBe(false)
  expect(makeRuleset('http_ratelimit', take(readRuleset({ rules: [rule('a', { enabled: false })] })), context).ok).toBe(
    true,
  )
})

describe('a body of the wrong shape', () => {
  test.each([
    ['no object', 7, ''],
    ['a member that does not exist', { rulez: [] }, '/rulez'],
    ['rules that are no list', { rules: {} }, '/rules'],
    ['a rule without action', { rules: [{ expression: 'true' }] }, '/rules/0'],
    ['an expression that is no string', { rules: [rule('a', { expression: 7 })] }, '/rules/0/expression'],
    ['an expression without end', { rules: [rule('a', { expression: 'a'.repeat(4097) })] }, '/rules/0/expression'],
    ['a name of nothing', { name: '' }, '/name'],
    ['an id that is none', { rules: [rule('a', { id: 'X' })] }, '/rules/0/id'],
    ['parameters that are no object', { rules: [rule('a', { action_parameters: [] })] }, '/rules/0/action_parameters'],
    ['too many rules', { rules: Array(1001).fill(rule('a')) }, '/rules'],
  ])('%s', (_, body, pointer) => {
    expect(readRuleset(body)).toMatchObject({ ok: false, problem: [{ pointer }] })
  })

  test.each([
    ['two places', { position: { before: '', index: 1 } }, '/position'],
    ['no place', { position: {} }, '/position'],
    ['place 0', { position: { index: 0 } }, '/position/index'],
  ])('%s', (_, body, pointer) => {
    expect(readRuleEdit(body)).toMatchObject({
      ok: false,
      problem: expect.arrayContaining([expect.objectContaining({ pointer })]),
    })
  })
})
