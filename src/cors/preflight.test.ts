// Fetch §CORS-preflight fetch, step by step.

import { describe, expect, test } from 'bun:test'
import type { FieldList } from '../http/index.ts'
import { checkPreflight, decidePreflight, preflightFields, preflightMaxAge, type Wanted } from './preflight.ts'
import type { StepName } from './steps.ts'

const A = 'https://a.example'
const wants = (method: string, ...names: readonly string[]): Wanted => ({
  method,
  headers: names.map((name) => [name, '1'] as const),
})
const answer = (fields: FieldList, status = 204) => ({ status, fields })
const GRANT: FieldList = [['access-control-allow-origin', A], ['access-control-allow-credentials', 'true']] // biome-ignore format: short
const methods = (value: string): FieldList => [...GRANT, ['access-control-allow-methods', value]]
const headers = (value: string): FieldList => [...GRANT, ['access-control-allow-headers', value]]

describe('whether the browser asks first', () => {
  test.each([
    ['GET', [], false],
    ['POST', [], false],
    ['HEAD', [], false],
    ['PUT', [], true],
    ['OPTIONS', [], true],
    ['QUERY', [], true],
    ['GET', [['accept', '*/*'], ['content-type', 'text/plain']], false],
    ['POST', [['content-type', 'application/json']], true],
    ['GET', [['authorization', 'Basic x']], true],
    ['GET', [['range', 'bytes=0-9']], false],
    ['GET', [['range', 'bytes=-9']], true],
  ] as const)('%s with %j: %p', (method, fields, isNeeded) => {
    expect(decidePreflight({ method, headers: fields }).kind).toBe(isNeeded ? 'needed' : 'none')
  }) // biome-ignore format: a table
  test('the reason names all of it', () => {
    expect(decidePreflight(wants('PUT', 'x-b', 'x-a'))).toMatchObject({
      why: 'the method PUT and the headers x-a, x-b cannot be sent without asking first',
    })
  })
})

test('what the preflight says: method, sorted names with "," alone, and Origin', () => {
  expect(preflightFields(wants('PUT', 'x-b', 'x-a'), A)).toEqual([
    ['accept', '*/*'],
    ['access-control-request-method', 'PUT'],
    ['access-control-request-headers', 'x-a,x-b'],
    ['origin', A],
  ])
  expect(preflightFields(wants('PUT'), 'null').map(([name]) => name)).not.toContain('access-control-request-headers')
})

type Row = readonly [title: string, wanted: Wanted, credentials: boolean, answer: { status: number; fields: FieldList }, outcome: StepName | 'passed'] // biome-ignore format: a type

const ROWS: readonly Row[] = [
  ['"If a CORS check ... returns success": it does not', wants('PUT'), false, answer([]), 'allow-origin-missing'],
  ['the CORS check goes by the credentials of the real request', wants('PUT'), true, answer([['access-control-allow-origin', '*'], ['access-control-allow-methods', 'PUT']]), 'wildcard-with-credentials'],
  ['"and response\'s status is an ok status"', wants('PUT'), false, answer(methods('PUT'), 200), 'passed'],
  ['404 is not ok', wants('PUT'), false, answer(methods('PUT'), 404), 'preflight-status'],
  ['304 is not ok', wants('PUT'), false, answer(methods('PUT'), 304), 'preflight-status'],
  ['a redirect is not ok', wants('PUT'), false, answer(methods('PUT'), 307), 'preflight-redirect'],
  ['"If either methods or headerNames is failure"', wants('PUT'), false, answer(methods('PUT POST')), 'allow-methods-malformed'],
  ['... names', wants('GET', 'x-a'), false, answer(headers('x-a; x-b')), 'allow-headers-malformed'],
  ['... also when the method would have been enough', wants('PUT'), false, answer([...methods('PUT'), ['access-control-allow-headers', 'a b']]), 'allow-headers-malformed'],
  ['the method is listed', wants('PUT'), true, answer(methods('GET,  PUT ,')), 'passed'],
  ['the method is not listed', wants('PUT'), false, answer(methods('GET, DELETE')), 'method-not-allowed'],
  ['no list at all', wants('PUT'), false, answer(GRANT), 'method-not-allowed'],
  ['methods are compared with their case', wants('PUT'), false, answer(methods('put')), 'method-not-allowed'],
  ['patch is not PATCH', wants('patch'), false, answer(methods('PATCH')), 'method-not-allowed'],
  ['"request\'s method is not a CORS-safelisted method": POST need not be listed', wants('POST', 'x-a'), false, answer([...headers('x-a'), ['access-control-allow-methods', 'PUT']]), 'passed'],
  ['* for the method', wants('PUT'), false, answer(methods('*')), 'passed'],
  ['* for the method, with credentials', wants('PUT'), true, answer(methods('*')), 'method-wildcard-with-credentials'],
  ['"CORS non-wildcard request-header name ... return a network error"', wants('GET', 'authorization'), false, answer(headers('*')), 'authorization-not-allowed'],
  ['authorization named', wants('GET', 'authorization'), false, answer(headers('*, Authorization')), 'passed'],
  ['authorization not named, no *', wants('GET', 'authorization'), false, answer(headers('x-a')), 'header-not-allowed'],
  ['names are compared without their case', wants('GET', 'x-a'), true, answer(headers('X-A')), 'passed'],
  ['a name is missing', wants('GET', 'x-a', 'x-b'), false, answer(headers('x-a')), 'header-not-allowed'],
  ['no list of names', wants('GET', 'x-a'), false, answer(GRANT), 'header-not-allowed'],
  ['an empty list of names', wants('GET', 'x-a'), false, answer(headers('')), 'header-not-allowed'],
  ['* for names', wants('GET', 'x-a'), false, answer(headers('*')), 'passed'],
  ['* for names, with credentials', wants('GET', 'x-a'), true, answer(headers('*')), 'header-wildcard-with-credentials'],
  ['lists in several lines are one list', wants('GET', 'x-b'), false, answer([...headers('x-a'), ['access-control-allow-headers', 'x-b']]), 'passed'],
] // biome-ignore format: a table

test.each(ROWS)('preflight: %s', (_, wanted, credentials, given, expected) => {
  const outcome = checkPreflight(wanted, { origin: A, credentials }, given)
  expect(outcome.kind === 'passed' ? 'passed' : outcome.step.name).toBe(expected)
})

test('Chromium lets * stand for Authorization, unless there are credentials', () => {
  const given = answer(headers('*'))
  const outcomeOf = (credentials: boolean, ...names: string[]): string =>
    checkPreflight(wants('GET', ...names), { origin: A, credentials }, given, 'chromium').kind
  expect(outcomeOf(false, 'authorization')).toBe('passed')
  expect(outcomeOf(false, 'authorization', 'x-a')).toBe('passed')
  expect(outcomeOf(true, 'authorization')).toBe('failed')
})

test.each([
  [undefined, 5],
  ['600', 600],
  ['0', 0],
  ['-1', 5],
  ['1h', 5],
  ['99999999', 99_999_999],
  ['10, 20', 5],
])('"max-age ... if failure or null, then set to 5": %p is %p', (value, expected) => {
  expect(preflightMaxAge(value === undefined ? [] : [['access-control-max-age', value]])).toBe(expected)
})
