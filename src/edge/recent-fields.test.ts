// R1: what is remembered is what would be made anew, at every instant.

import { describe, expect, test } from 'bun:test'
import { type EpochMillis, epochMillis, millis } from '../base/index.ts'
import { makeEdge, makeRequest, makeRouted, type ZoneParts } from './edge.fixture.ts'
import type { ZonePlan } from './plan.ts'
import { recentFields } from './recent-fields.ts'
import type { StoredAnswer } from './response.ts'
import { storedFields } from './stored-fields.ts'

const BEGIN = Date.UTC(2026, 4, 4, 12, 0, 0)
const at = (after: number): EpochMillis => epochMillis(BEGIN + after)

function planOf(zone: ZoneParts = {}): ZonePlan {
  const edge = makeEdge(zone)
  return makeRouted(edge, makeRequest('/a.css')).plan
}

function makeStored(initialAge: number): StoredAnswer['stored'] {
  return {
    status: 200,
    fields: [
      ['date', 'Mon, 04 May 2026 11:59:59 GMT'],
      ['cache-control', 'max-age=60'],
      ['content-type', 'text/css'],
    ],
    ...{ responseTime: at(0), initialAge: millis(initialAge) },
  }
}

describe('the fields of a fresh stored answer', () => {
  test.each([0, 1, 999, 20_345])('are those that would be made anew, with an Age of %i ms at first', (initialAge) => {
    const plan = planOf({ settings: { browser_cache_ttl: 3600 } })
    const stored = makeStored(initialAge)
    for (let after = 0; after < 4_000; after += 37) {
      expect([...recentFields(stored, plan, at(after))]).toEqual([
        ...storedFields(stored, 'reused-fresh', plan, at(after)),
      ])
    }
  })

  test('are those of the plan that is asked for, also within one second', () => {
    const stored = makeStored(0)
    const [short, long] = [
      planOf({ settings: { browser_cache_ttl: 0 } }),
      planOf({ settings: { browser_cache_ttl: 3600 } }),
    ]
    expect(recentFields(stored, short, at(1)).get('cache-control')).toBe('max-age=60')
    expect(recentFields(stored, long, at(2)).get('cache-control')).toBe('max-age=3600')
    expect(recentFields(stored, short, at(3)).get('cache-control')).toBe('max-age=60')
  })

  test('are right when the clock goes back', () => {
    const stored = makeStored(5_000)
    const plan = planOf()
    expect(recentFields(stored, plan, at(3_000)).get('age')).toBe('8')
    expect(recentFields(stored, plan, at(1_000)).get('age')).toBe('6')
  })

  test('are the caller’s own', () => {
    const stored = makeStored(0)
    const plan = planOf()
    recentFields(stored, plan, at(0)).set('cf-ray', 'of another')
    expect(recentFields(stored, plan, at(1)).has('cf-ray')).toBe(false)
  })
})
