import { describe, expect, test } from 'bun:test'
import { makeAccountRules } from './account-rules.ts'
import type { RulesetDocument } from './documents.ts'

type Rule = RulesetDocument['rules'][number]

const rule = (id: string, expression = 'true', more: Partial<Rule> = {}): Rule => ({
  ...{ id, ref: id, version: '1', last_updated: '', description: '', enabled: true },
  ...{ action: 'set_cache_settings', expression, action_parameters: { cache: true } },
  ...more,
})
const execute = (id: string, expression = 'true') =>
  rule(id, expression, { action: 'execute', action_parameters: { id } })
const ruleset = (kind: 'root' | 'custom', id: string, rules: readonly Rule[]) =>
  ({ id, kind, phase: 'http_request_cache_settings', rules }) as const

const idsFor = (zone: string, ...rulesets: ReturnType<typeof ruleset>[]) =>
  (makeAccountRules(rulesets).rulesFor(zone).get('http_request_cache_settings') ?? []).map(({ id, within }) =>
    within === undefined ? id : `${id} within ${within}`,
  )

describe('a zone gets of the account', () => {
  const custom = ruleset('custom', 'c', [rule('c1'), rule('c2', 'ssl'), rule('c3', 'ssl', { enabled: false })])
  test.each([
    ['nothing where there is no entry point', [custom], []],
    ['the rules of the entry point', [ruleset('root', 'r', [rule('a'), rule('b')])], ['a', 'b']],
    [
      'what it executes, in its place',
      [custom, ruleset('root', 'r', [rule('a'), execute('c'), rule('b')])],
      ['a', 'c1', 'c2', 'b'],
    ],
    [
      'what it executes, within its filter',
      [custom, ruleset('root', 'r', [execute('c', 'ssl')])],
      ['c1 within ssl', 'c2 within ssl'],
    ],
    ['no rule that is off', [ruleset('root', 'r', [rule('a', 'true', { enabled: false })])], []],
    ['nothing of a ruleset that is not there', [ruleset('root', 'r', [execute('x'), rule('a')])], ['a']],
    [
      'no rule for zones of other names',
      [ruleset('root', 'r', [rule('a', 'cf.zone.name eq "other.test"'), rule('b')])],
      ['b'],
    ],
    [
      'no ruleset for zones of other names',
      [custom, ruleset('root', 'r', [execute('c', 'cf.zone.name in {"a.test" "b.test"}')])],
      [],
    ],
    ['a rule for its name', [ruleset('root', 'r', [rule('a', 'ssl and cf.zone.name eq "example.com"')])], ['a']],
  ])('%s', (_, rulesets, ids) => {
    expect(idsFor('example.com', ...rulesets)).toEqual([...ids])
  })

  test('the same list as another zone that gets the same rules', () => {
    const rules = makeAccountRules([ruleset('root', 'r', [rule('a'), rule('b', 'cf.zone.name eq "b.test"')])])
    expect(rules.rulesFor('a.test')).toBe(rules.rulesFor('c.test'))
    expect(rules.rulesFor('b.test')).not.toBe(rules.rulesFor('a.test'))
  })
})
