// A response with two faces: what is judged, and what is kept and sent.

import { describe, expect, test } from 'bun:test'
import { epochMillis, seconds, toMillis } from '../base/index.ts'
import { type Field, formatHttpDate } from '../http/index.ts'
import { DEFAULT_CACHE_SETTINGS } from './default-settings.ts'
import { decideFreshened } from './freshen.ts'
import type { RuledResponse } from './ruled-response.ts'
import { decideStorable } from './storable.ts'
import { smartLastModified } from './validation.ts'

const NOW = epochMillis(1_800_000_000_000)
const DATE: Field = ['date', formatHttpDate(NOW)]
const PRESENTED = { hasAuthorization: false, path: '/a' }
const RECEIVED = { status: 200, requestTime: NOW, responseTime: NOW }

function ruled(judged: readonly Field[], passed: readonly Field[], more: Partial<RuledResponse> = {}): RuledResponse {
  return { judged, passed, settings: DEFAULT_CACHE_SETTINGS, allowsSmartRevalidation: true, ...more }
}

describe('a response that rules changed', () => {
  test('lives as the judged face says, and is kept as the other', () => {
    const faces = ruled(
      [DATE, ['cache-control', 'max-age=60'], ['cache-tag', 'a']],
      [DATE, ['cache-control', 'no-store']],
    )
    const decision = decideStorable(DEFAULT_CACHE_SETTINGS, PRESENTED, { ...RECEIVED, fields: [] }, faces)
    expect(decision).toMatchObject({
      kind: 'store',
      freshness: { lifetime: toMillis(seconds(60)) },
      tags: ['a'],
      fields: [DATE, ['cache-control', 'no-store']],
    })
  })

  test('is refused for what the judged face says', () => {
    const faces = ruled([['cache-control', 'no-store']], [['cache-control', 'max-age=60']])
    const decision = decideStorable(DEFAULT_CACHE_SETTINGS, PRESENTED, { ...RECEIVED, fields: [] }, faces)
    expect(decision).toMatchObject({ kind: 'refuse', reason: 'no-store' })
  })

  test('loses what no stored response has, and gets a Date', () => {
    const own: readonly Field[] = [
      ['age', '5'],
      ['etag', 'malformed'],
      ['x-a', '1'],
    ]
    const faces = ruled([...own, ['cache-control', 'max-age=60, private="x-a"']], [...own, ['x-b', '2']])
    const decision = decideStorable(DEFAULT_CACHE_SETTINGS, PRESENTED, { ...RECEIVED, fields: [] }, faces)
    expect(decision).toMatchObject({ kind: 'store', fields: [['x-b', '2'], DATE] })
  })

  test('is judged by the settings that rules make', () => {
    const settings = { ...DEFAULT_CACHE_SETTINGS, maxObjectSize: 1 as typeof DEFAULT_CACHE_SETTINGS.maxObjectSize }
    const faces = ruled([['content-length', '2']], [], { settings })
    const decision = decideStorable(DEFAULT_CACHE_SETTINGS, PRESENTED, { ...RECEIVED, fields: [] }, faces)
    expect(decision).toMatchObject({ kind: 'refuse', reason: 'too-large' })
  })

  test('gets no validator of ours where a rule took its own', () => {
    for (const allowsSmartRevalidation of [true, false]) {
      const faces = ruled([DATE], [DATE], { allowsSmartRevalidation })
      const decision = decideStorable(DEFAULT_CACHE_SETTINGS, PRESENTED, { ...RECEIVED, fields: [] }, faces)
      const fields = decision.kind === 'store' ? decision.fields : []
      const made = smartLastModified({ status: 200, fields, responseTime: NOW })
      expect(made === undefined).toBe(!allowsSmartRevalidation)
    }
  })
})

describe('a response that was confirmed', () => {
  const stored = { status: 200, fields: [DATE, ['etag', '"1"'], ['cache-control', 'max-age=10']] as const }
  const notModified = { ...RECEIVED, status: 304, fields: [DATE, ['cache-control', 'max-age=20']] as const }

  test('is shown to rules with its stored status, as the 304 makes it', () => {
    let seen: unknown
    decideFreshened(DEFAULT_CACHE_SETTINGS, PRESENTED, stored, notModified, (merged) => {
      seen = merged
      return undefined
    })
    expect(seen).toEqual({ status: 200, fields: [['etag', '"1"'], DATE, ['cache-control', 'max-age=20']] })
  })

  test('lives as the rules say, and is kept as visitors are to see it', () => {
    const passed: readonly Field[] = [DATE, ['cache-control', 'max-age=20']]
    const faces = ruled([DATE, ['cache-control', 'max-age=100']], passed)
    const decision = decideFreshened(DEFAULT_CACHE_SETTINGS, PRESENTED, stored, notModified, () => faces)
    expect(decision).toMatchObject({ kind: 'store', freshness: { lifetime: toMillis(seconds(100)) }, fields: passed })
  })
})
