// The judgements of this room that need no process: literals, callers, knobs, pulses, strikes, heads.

import { describe, expect, test } from 'bun:test'
import { epochMillis, millis } from '../base/index.ts'
import { restartDelay } from './back-off.ts'
import { listLiteral, structLiteral, textLiteral } from './capnp-text.ts'
import { NO_KNOBS, parseCfKnobs } from './cf-knobs.ts'
import { explain } from './check.ts'
import { decideTarget } from './doorway.ts'
import { Permits, permitsOf } from './permits.ts'
import { parseProcessorTime } from './process-times.ts'
import { parsePutHead } from './put-body.ts'
import { makeScript } from './runtime.fixture.ts'
import { isBareFailure } from './serve.ts'
import { MAX_STRIKES, OFF_MILLIS, STRIKE_WINDOW_MILLIS, Strikes, suspectsOf } from './strikes.ts'
import { decidePulse, type Pulse } from './watchdog.ts'
import { findWorkerd } from './workerd-binary.ts'
import { parseCaller } from './workerd-config.ts'

describe('a text literal', () => {
  test.each([
    ['plain', '"plain"'],
    ['a"b', '"a\\x22b"'],
    ['a\\b', '"a\\x5cb"'],
    ['line\nend\u0000', '"line\\x0aend\\x00"'],
    ['é😀', '"é😀"'],
    ['\ud800', '"\ufffd"'],
    ['"), (name = "internet"', '"\\x22), (name = \\x22internet\\x22"'],
  ])('of %j', (text, expected) => {
    expect(textLiteral(text)).toBe(expected)
  })

  test('lists and structs are made of literals; fields without a value are left out', () => {
    expect(structLiteral({ a: '1', b: undefined, c: listLiteral(['"x"', '"y"']) })).toBe('(a = 1, c = ["x", "y"])')
  })
})

describe('who is asking', () => {
  test.each([
    ['f3.0', { kind: 'fetch', generation: 3, index: 0 }],
    ['c12.34', { kind: 'cache', generation: 12, index: 34 }],
    ['o1.1', { kind: 'tail', generation: 1, index: 1 }],
    ['x1.1', undefined],
    ['f1.1, f2.2', undefined],
    ['f-1.0', undefined],
    ['', undefined],
    [null, undefined],
  ])('%j', (text, expected) => {
    expect(parseCaller(text) as unknown).toEqual(expected)
  })

  test.each([
    [undefined, false, 'outside'],
    ['b', true, 'other-zone'],
    ['a', false, 'own-zone'],
    ['a', true, 'onwards'],
  ] as const)('from zone a to zone %p goes %p', (zone, isOfVisit, expected) => {
    expect(decideTarget('a', zone, isOfVisit)).toBe(expected)
  })
})

describe('cf options', () => {
  const ttl = (json: unknown) => parseCfKnobs(JSON.stringify(json)).parameters as unknown
  test.each([
    ['cacheEverything makes everything eligible', { cacheEverything: true }, { eligibility: 'eligible' }],
    [
      'cacheTtl forces a lifetime',
      { cacheTtl: 60, cacheControl: 'max-age=60' },
      { eligibility: 'eligible', edgeTtl: { mode: 'override_origin', default: 60, byStatus: [] } },
    ],
    ['a negative cacheTtl asks for no cache', { cacheTtl: -1, cacheLevel: 'bypass' }, { eligibility: 'ineligible' }],
    [
      'cacheTtlByStatus: positive, zero and negative',
      { cacheTtlByStatus: { '200-299': 300, 404: 0, '500-599': -1, nonsense: 1 } },
      {
        eligibility: 'eligible',
        edgeTtl: {
          mode: 'respect_origin',
          default: undefined,
          byStatus: [
            { from: 404, to: 404, value: 0 },
            { from: 200, to: 299, value: 300 },
            { from: 500, to: 599, value: 'no-store' },
          ],
        },
      },
    ],
    [
      'vary has the shape of a cache rule',
      { vary: { default: { action: 'bypass' }, headers: { accept: { action: 'passthrough' } } } },
      { vary: { default: 'bypass', headers: { accept: { action: 'passthrough', allow: undefined } } } },
    ],
    [
      'respectStrongEtag and cacheDeceptionArmor',
      { respectStrongEtag: true, cacheDeceptionArmor: true },
      { respectStrongEtags: true, deceptionArmor: true },
    ],
    ['what makes no sense is left out', { cacheTtl: 'long', vary: 7, cacheKey: 9, cacheTags: 'x' }, {}],
  ])('%s', (_title, json, expected) => {
    expect(ttl(json)).toEqual(expected)
  })

  test('keys, tags and fields', () => {
    expect(
      parseCfKnobs('{"cacheKey":"k","cacheTags":["A","",1],"stripEtags":true,"cacheControl":"no-store"}'),
    ).toMatchObject({
      ...{ cacheKey: 'k', cacheTags: ['a'], stripEtags: true, stripLastModified: false, cacheControl: 'no-store' },
    })
  })

  test.each([null, '', '{', '[]', '7', '{"colo":"VAR","country":"NO"}'])('%j says nothing', (text) => {
    expect(parseCfKnobs(text)).toBe(NO_KNOBS)
  })
})

describe('a process is', () => {
  const quiet: Pulse = { at: 0, used: millis(0), asked: undefined, isBehind: false }
  const asked: Pulse = { at: 0, used: millis(0), asked: { at: 0, used: millis(0) }, isBehind: false }
  const blind: Pulse = { at: 0, used: undefined, asked: { at: 0, used: undefined }, isBehind: false }
  test.each([
    ['left alone while it uses little', quiet, 100, 10, 'leave'],
    ['asked when it uses much', quiet, 100, 90, 'ask'],
    ['asked where nobody knows what it uses', { ...quiet, used: undefined }, 100, undefined, 'ask'],
    ['left alone for a moment', asked, 80, 80, 'leave'],
    ['put behind others when it holds the processor longer', asked, 100, 80, 'put-behind'],
    ['not killed for half a second', asked, 490, 490, 'put-behind'],
    ['killed when it has held the processor for it', asked, 500, 450, 'kill'],
    ['not killed when others had the processor', asked, 900, 200, 'put-behind'],
    ['left alone when others had nearly all of it', asked, 900, 50, 'leave'],
    ['killed in the end when it gets little of it', asked, 3_000, 350, 'kill'],
    ['killed by silence alone, later, where nobody knows', blind, 2_000, undefined, 'kill'],
    ['left alone before that', blind, 1_900, undefined, 'leave'],
  ] as const)('%s', (_title, pulse, now, used, expected) => {
    expect(decidePulse(pulse, now, used === undefined ? undefined : millis(used))).toBe(expected)
  })

  test('measured by utime and stime, whatever its name', () => {
    expect(parseProcessorTime('7 (work) er) (x)) S 1 2 3 4 5 6 7 8 9 10 30 12 0 0')).toBe(millis(420))
    expect(parseProcessorTime('')).toBeUndefined()
  })

  test('started again at once the first time, and ever later', () => {
    expect([0, 1, 2, 3, 4, 5, 99].map(restartDelay)).toEqual([0, 0, 250, 1000, 4000, 10_000, 10_000].map(millis))
  })
})

describe('strikes', () => {
  const script = makeScript('')
  const at = epochMillis
  test('switch off at the third within the window, for a while', () => {
    const strikes = new Strikes()
    expect(Array.from({ length: MAX_STRIKES }, (_, n) => strikes.strike(script, at(n)))).toEqual([false, false, true])
    expect(strikes.isOff(script, at(3))).toBe(true)
    expect(strikes.isOff(makeScript(''), at(3))).toBe(false)
    expect(strikes.isOff(script, at(2 + OFF_MILLIS))).toBe(false)
  })

  test('are forgotten', () => {
    const strikes = new Strikes()
    expect([0, 1, 1 + STRIKE_WINDOW_MILLIS].map((now) => strikes.strike(script, at(now)))).toEqual([
      false,
      false,
      false,
    ])
  })

  test('go to those who owe an answer and wait for nothing, or else to all who owe one', () => {
    const other = makeScript('')
    const services = [script, other].map((each) => ({ script: each, since: 0 }))
    expect(suspectsOf(services, new Map([[other.id, 1]]))).toEqual([script])
    expect(
      suspectsOf(
        services,
        new Map([
          [other.id, 1],
          [script.id, 2],
        ]),
      ),
    ).toEqual([script, other])
    expect(suspectsOf([], new Map())).toEqual([])
  })
})

describe('permits', () => {
  test('are given in turn, and a large wish is not overtaken', async () => {
    const permits = new Permits(3)
    const order: string[] = []
    await permits.take(2)
    const large = permits.take(3).then(() => order.push('large'))
    const small = permits.take(1).then(() => order.push('small'))
    expect(permits.tryTake(1)).toBe(false)
    permits.give(2)
    await large
    permits.give(3)
    await small
    expect(order).toEqual(['large', 'small'])
  })

  test.each([
    [{}, 128],
    [{ BUN_CONFIG_MAX_HTTP_REQUESTS: '1000' }, 500],
    [{ BUN_CONFIG_MAX_HTTP_REQUESTS: 'many' }, 128],
  ])('are half of what the runtime can do: %j', (env, expected) => {
    expect(permitsOf(env)).toBe(expected)
  })
})

describe('the head of a put', () => {
  test.each([
    [
      'HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nX-A:  b ',
      {
        status: 200,
        fields: [
          ['content-type', 'text/plain'],
          ['x-a', 'b'],
        ],
      },
    ],
    ['HTTP/1.1 404 ', { status: 404, fields: [] }],
    ['HTTP/1.1 20', undefined],
    ['GET / HTTP/1.1', undefined],
    ['HTTP/1.1 200 OK\r\nno colon', undefined],
    ['HTTP/1.1 200 OK\r\n: empty', undefined],
    ['', undefined],
  ])('%j', (text, expected) => {
    expect(parsePutHead(text) as unknown).toEqual(expected)
  })
})

test.each([
  ['workerd’s own', 500, { 'content-length': '21', connection: 'close' }, true],
  ['a script’s, by its type', 500, { 'content-length': '21', 'content-type': 'text/plain' }, false],
  ['another length', 500, { 'content-length': '20' }, false],
  ['another status', 502, { 'content-length': '21' }, false],
])('a bare failure: %s', (_title, status, fields, expected) => {
  expect(isBareFailure({ status, headers: new Headers(fields) })).toBe(expected)
})

test('what workerd prints is told without what is about us', () => {
  const printed = '/tmp/x/config.capnp:1: warning: old\nservice check: Uncaught TypeError: no\n  at index.js:1:2\n'
  expect(explain(printed.split('\n').slice(1).join('\n'), '/tmp/x')).toBe('Uncaught TypeError: no\n  at index.js:1:2')
  expect(explain('', '/tmp/x')).toContain('does not say why')
})

describe('without a program', () => {
  test.each([
    ['on a platform that has none', {}, 'sunos sparc', 'workerd is not built for sunos sparc'],
    [
      'where a wrong one is named',
      { VARYANT_WORKERD: '/nowhere/workerd' },
      'linux x64',
      '/nowhere/workerd, which does not exist',
    ],
  ])('%s, the sentence says so', (_title, env, platform, expected) => {
    expect(findWorkerd(env, platform)).toEqual({ kind: 'absent', why: expect.stringContaining(expected) })
  })
})
