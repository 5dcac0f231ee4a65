// The lines of `varyant dev`.

import { expect, test } from 'bun:test'
import type { AccessRecord } from '../base/index.ts'
import { accessLine, invocationLines } from './dev-lines.ts'

const RECORD: AccessRecord = {
  ...{
    ray: 'r',
    at: 0,
    client: '127.0.0.1',
    method: 'GET',
    url: 'http://localhost/a',
    status: 200,
    cacheStatus: 'hit',
  },
  ...{ why: ['a stored response is fresh'], bytes: 1, durationMillis: 4, originMillis: undefined },
}

test.each([
  ['a visitor’s request', RECORD, '  GET http://localhost/a 200 HIT 4 ms'],
  ['an answer made before the cache', { ...RECORD, cacheStatus: 'none' }, '  GET http://localhost/a 200 4 ms'],
  [
    'a script’s request',
    { ...RECORD, why: ['fetched by the worker dev for r'] },
    '    -> GET http://localhost/a 200 HIT 4 ms',
  ],
])('%s', (_title, record, line) => {
  expect(accessLine(record)).toBe(line)
})

test.each([
  ['nothing', {}, []],
  [
    'a log of several values',
    { logs: [{ level: 'warn', message: ['a', 1, { b: true }] }] },
    ['    warn a 1 {"b":true}'],
  ],
  [
    'an exception with its stack',
    { exceptions: [{ name: 'TypeError', message: 'no', stack: '    at f (worker.js:1:2)' }] },
    ['    ! TypeError: no\n      at f (worker.js:1:2)'],
  ],
  ['what is not as it should be', { logs: [7], exceptions: 'x' }, ['    undefined ', '    ! undefined: undefined']],
])('an invocation with %s', (_title, item, lines) => {
  expect(invocationLines(item)).toEqual(lines)
})
