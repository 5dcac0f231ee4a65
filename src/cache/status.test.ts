// CF-Cache-Status and Cache-Status.

import { describe, expect, test } from 'bun:test'
import { seconds } from '../base/index.ts'
import { type CacheStatusReport, cacheStatusField, cacheStatusName, mayAddAge } from './status.ts'

describe("an outcome has Cloudflare's word, and Age when it comes from the store", () => {
  test.each([
    ['reused-fresh', 'HIT', true],
    ['reused-while-validating', 'UPDATING', true],
    ['reused-on-error', 'STALE', true],
    ['validated', 'REVALIDATED', true],
    ['stored', 'MISS', false],
    ['replaced', 'EXPIRED', false],
    ['not-stored', 'BYPASS', false],
    ['ineligible', 'DYNAMIC', false],
  ] as const)('%s: %s', (outcome, name, hasAge) => {
    expect([cacheStatusName(outcome), mayAddAge(outcome)]).toEqual([name, hasAge])
  })
})

describe('Cache-Status', () => {
  const ROWS: readonly (readonly [title: string, report: CacheStatusReport, value: string])[] = [
    ['a hit', { handled: 'hit' }, 'varyant; hit'],
    [
      'a hit with what is left and its key',
      { handled: 'hit', ttl: seconds(30), key: 'http://a/?q="x"' },
      'varyant; hit; ttl=30; key="http://a/?q=\\"x\\""',
    ],
    ['a stale hit', { handled: 'hit', ttl: seconds(-5) }, 'varyant; hit; ttl=-5'],
    ['a miss', { handled: 'uri-miss', stored: true }, 'varyant; fwd=uri-miss; stored'],
    [
      'a miss that is not stored, and why',
      { handled: 'uri-miss', detail: 'no-store' },
      'varyant; fwd=uri-miss; detail=no-store',
    ],
    ['a detail in words', { handled: 'bypass', detail: 'see rule 7' }, 'varyant; fwd=bypass; detail="see rule 7"'],
    [
      'a validation',
      { handled: 'stale', forwardStatus: 304, stored: true, ttl: seconds(60) },
      'varyant; fwd=stale; fwd-status=304; stored; ttl=60',
    ],
    ['a collapsed request', { handled: 'uri-miss', collapsed: true }, 'varyant; fwd=uri-miss; collapsed'],
    ['what is not so is not said', { handled: 'uri-miss', stored: false, collapsed: false }, 'varyant; fwd=uri-miss'],
    [
      'a hit has no parameters of a forwarded request',
      { handled: 'hit', forwardStatus: 200, stored: true, collapsed: true },
      'varyant; hit',
    ],
  ]
  test.each(ROWS)('%s', (_, report, value) => {
    expect(cacheStatusField(report)).toBe(value)
  })
})
