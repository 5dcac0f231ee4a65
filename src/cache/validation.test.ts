// Validation: the conditions that go out, what the answers mean, and the Last-Modified that the edge makes up.

import { describe, expect, test } from 'bun:test'
import { epochMillis } from '../base/index.ts'
import type { Field } from '../http/index.ts'
import { decideValidation, smartLastModified, validationFields } from './validation.ts'

const LONG_AGO = 'Fri, 01 May 2026 10:00:00 GMT'

describe('the conditions of a validation', () => {
  const ROWS: readonly (readonly [title: string, fields: readonly Field[], conditions: readonly Field[]])[] = [
    ['none without a validator', [], []],
    ['a strong entity-tag', [['etag', '"1"']], [['if-none-match', '"1"']]],
    ['a weak entity-tag', [['etag', 'W/"1"']], [['if-none-match', 'W/"1"']]],
    ['not an entity-tag that is none', [['etag', 'abc']], []],
    ['Last-Modified', [['last-modified', LONG_AGO]], [['if-modified-since', LONG_AGO]]],
    ['not a Last-Modified that is no date', [['last-modified', 'yesterday']], []],
    [
      'both when both exist',
      [
        ['last-modified', LONG_AGO],
        ['etag', '"1"'],
      ],
      [
        ['if-none-match', '"1"'],
        ['if-modified-since', LONG_AGO],
      ],
    ],
  ]
  test.each(ROWS)('%s', (_, fields, conditions) => {
    expect(validationFields({ fields })).toEqual([...conditions])
  })
})

describe('the answer to a validation', () => {
  test.each([
    [304, false, true, 'freshen'],
    [304, true, true, 'freshen'],
    [304, true, false, 'bad-answer'],
    [200, true, true, 'replace'],
    [404, true, true, 'replace'],
    [410, true, true, 'replace'],
    [501, true, true, 'replace'],
    [505, true, true, 'replace'],
    [520, true, true, 'replace'],
    [500, true, true, 'serve-stale'],
    [502, true, true, 'serve-stale'],
    [503, true, false, 'serve-stale'],
    [504, true, true, 'serve-stale'],
    [500, false, true, 'replace'],
    [503, false, false, 'replace'],
  ] as const)('%d, stale allowed %p, conditional %p: %s', (status, mayServeStale, isConditional, outcome) => {
    expect(decideValidation(status, mayServeStale, isConditional)).toBe(outcome)
  })
})

describe('Smart Edge Revalidation', () => {
  const responseTime = epochMillis(Date.parse(LONG_AGO) + 999)

  test.each([
    ['the time of caching', 200, [], LONG_AGO],
    ['for every 2xx', 299, [], LONG_AGO],
    ['not for another status', 404, [], undefined],
    ['not for a redirect', 301, [], undefined],
    ['not beside an entity-tag', 200, [['etag', '"1"']], undefined],
    ['not beside Last-Modified', 200, [['last-modified', LONG_AGO]], undefined],
  ] as const)('%s', (_, status, fields, lastModified) => {
    expect(smartLastModified({ status, fields, responseTime })).toBe(lastModified)
  })
})
