import { describe, expect, test } from 'bun:test'
import { epochMillis, makeFakeClock } from '../base/index.ts'
import { makePurgeAllowance } from './rate-limit.ts'
import type { PurgeRequest } from './request.ts'

const EVERYTHING: PurgeRequest = { kind: 'selectors', selectors: [{ kind: 'everything' }] }
const files = (count: number): PurgeRequest => ({
  kind: 'files',
  files: Array.from({ length: count }, () => ({
    url: 'http://b.example.com/',
    hostname: 'b.example.com',
    fields: [],
    variants: 'keyed' as const,
  })),
})

describe('a request draws a token; tokens refill steadily up to the bucket size', () => {
  test.each([
    ['free', 25, 12_000],
    ['pro', 25, 200],
    ['business', 50, 100],
    ['enterprise', 500, 20],
  ] as const)('%s: %d at once, then one every %d ms', (plan, size, millisEach) => {
    const clock = makeFakeClock(0)
    const { draw } = makePurgeAllowance(plan, clock)
    for (let i = 0; i < size; i += 1) expect(draw(EVERYTHING).ok).toBe(true)
    const refused = draw(EVERYTHING)
    expect(refused).toMatchObject({ ok: false, problem: { limit: size, remaining: 0 } })
    clock.advance(millisEach - 1)
    expect(draw(EVERYTHING).ok).toBe(false)
    clock.advance(2)
    expect(draw(EVERYTHING).ok).toBe(true)
    expect(draw(EVERYTHING).ok).toBe(false)
  })

  test('never beyond the size, however long nobody asks', () => {
    const clock = makeFakeClock(0)
    const { draw } = makePurgeAllowance('pro', clock)
    clock.advance(86_400_000)
    expect(draw(EVERYTHING)).toMatchObject({ ok: true, value: { remaining: 24 } })
  })

  test('and a clock that goes back gives nothing away', () => {
    const clock = makeFakeClock(100_000)
    const { draw } = makePurgeAllowance('pro', clock)
    for (let i = 0; i < 25; i += 1) draw(EVERYTHING)
    clock.set(epochMillis(0))
    expect(draw(EVERYTHING).ok).toBe(false)
  })
})

test('each URL of a files request counts, from a bucket of its own', () => {
  const { draw } = makePurgeAllowance('enterprise', makeFakeClock(0))
  for (let i = 0; i < 6; i += 1) expect(draw(files(500)).ok).toBe(true)
  expect(draw(files(1))).toMatchObject({ ok: false, problem: { retryAfter: 1 } })
  expect(draw(EVERYTHING).ok).toBe(true)
})

test('a request that is refused draws nothing', () => {
  const { draw } = makePurgeAllowance('free', makeFakeClock(0))
  draw(files(500))
  expect(draw(files(500)).ok).toBe(false)
  expect(draw(files(300)).ok).toBe(true)
})

test('says when to come back, and when the bucket is full', () => {
  const { draw } = makePurgeAllowance('free', makeFakeClock(0))
  for (let i = 0; i < 25; i += 1) draw(EVERYTHING)
  const { ok, ...rest } = draw(EVERYTHING)
  expect([ok, rest]).toMatchObject([false, { problem: { retryAfter: 12, fullAt: 300_000 } }])
})

test('off limits nothing', () => {
  const { draw } = makePurgeAllowance('off', makeFakeClock(0))
  for (let i = 0; i < 1_000; i += 1) expect(draw(EVERYTHING)).toEqual({ ok: true, value: undefined })
})
