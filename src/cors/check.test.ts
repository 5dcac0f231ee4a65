// Fetch §CORS check, step by step.

import { describe, expect, test } from 'bun:test'
import type { FieldList } from '../http/index.ts'
import { type Asker, corsCheck } from './check.ts'
import type { StepName } from './steps.ts'

const A = 'https://a.example'
const PLAIN: Asker = { origin: A, credentials: false }
const WITH_CREDENTIALS: Asker = { origin: A, credentials: true }
const OPAQUE: Asker = { origin: 'null', credentials: false }

const acao = (...values: readonly string[]): FieldList =>
  values.map((value) => ['access-control-allow-origin', value] as const)
const acac = (value: string): FieldList => [['access-control-allow-credentials', value]]

type Row = readonly [title: string, asker: Asker, fields: FieldList, outcome: StepName | 'passed']

const ROWS: readonly Row[] = [
  ['"If origin is null, then return failure."', PLAIN, [], 'allow-origin-missing'],
  ['"not include and origin is `*`, then return success"', PLAIN, acao('*'), 'passed'],
  ['* also for an opaque origin', OPAQUE, acao('*'), 'passed'],
  ['"byte-serializing a request origin ... is not origin, failure": another one', PLAIN, acao('https://b.example'), 'allow-origin-other'],
  ['the very origin', PLAIN, acao(A), 'passed'],
  ['null for an opaque origin', OPAQUE, acao('null'), 'passed'],
  ['null for a tuple origin', PLAIN, acao('null'), 'allow-origin-other'],
  ['a tuple origin for an opaque one', OPAQUE, acao(A), 'allow-origin-other'],
  ['a trailing slash is another text', PLAIN, acao(`${A}/`), 'allow-origin-not-an-origin'],
  ['a path is another text', PLAIN, acao(`${A}/app`), 'allow-origin-not-an-origin'],
  ['the default port written out is another text', PLAIN, acao(`${A}:443`), 'allow-origin-other'],
  ['another port', PLAIN, acao(`${A}:8443`), 'allow-origin-other'],
  ['another scheme', PLAIN, acao('http://a.example'), 'allow-origin-other'],
  ['upper case is another text', PLAIN, acao('https://A.example'), 'allow-origin-not-an-origin'],
  ['NULL is not null', OPAQUE, acao('NULL'), 'allow-origin-not-an-origin'],
  ['a pattern is no wildcard', PLAIN, acao('https://*.example'), 'allow-origin-not-an-origin'],
  ['an empty value', PLAIN, acao(''), 'allow-origin-not-an-origin'],
  ['two values in one field', PLAIN, acao(`${A}, https://b.example`), 'allow-origin-several'],
  ['two fields are one value', PLAIN, acao(A, A), 'allow-origin-several'],
  ['two fields with *', PLAIN, acao('*', '*'), 'allow-origin-several'],
  ['* and credentials', WITH_CREDENTIALS, [...acao('*'), ...acac('true')], 'wildcard-with-credentials'],
  ['"If credentials is `true`, then return success."', WITH_CREDENTIALS, [...acao(A), ...acac('true')], 'passed'],
  ['"Return failure.": no Access-Control-Allow-Credentials', WITH_CREDENTIALS, acao(A), 'allow-credentials-missing'],
  ['"... is `true`": True is not', WITH_CREDENTIALS, [...acao(A), ...acac('True')], 'allow-credentials-not-true'],
  ['1 is not true', WITH_CREDENTIALS, [...acao(A), ...acac('1')], 'allow-credentials-not-true'],
  ['true twice is not true', WITH_CREDENTIALS, [...acao(A), ...acac('true'), ...acac('true')], 'allow-credentials-not-true'],
  ['the origin is looked at before credentials', WITH_CREDENTIALS, acac('true'), 'allow-origin-missing'],
  ['credentials are not looked at without them', PLAIN, [...acao(A), ...acac('false')], 'passed'],
] // biome-ignore format: a table

test.each(ROWS)('CORS check: %s', (_, asker, fields, expected) => {
  const outcome = corsCheck(asker, fields)
  expect(outcome.kind === 'passed' ? 'passed' : outcome.step.name).toBe(expected)
})

describe('the sentence', () => {
  const why = (fields: FieldList, asker = PLAIN): string => {
    const outcome = corsCheck(asker, fields)
    return outcome.kind === 'passed' ? outcome.why : outcome.step.why
  }
  test('names both values', () => {
    expect(why(acao('https://b.example'))).toBe(
      'Access-Control-Allow-Origin is "https://b.example", and the Origin is https://a.example',
    )
  })
  test('says what the slash does', () => {
    expect(why(acao(`${A}/`))).toContain('the slash behind it makes it another text')
  })
  test('is short and in one line whatever the origin sent', () => {
    const text = why(acao(`\u0000\r\n${'x'.repeat(10_000)}`))
    expect(text.length).toBeLessThan(300)
    expect(text).not.toContain('\n')
  })
})
