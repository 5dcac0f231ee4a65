import { describe, expect, test } from 'bun:test'
import { FILTERS, isWanted, type TailFilter } from './filters.ts'

const ITEM = {
  outcome: 'ok',
  logs: [{ level: 'log', message: ['hello', { a: 1 }] }],
  event: { request: { method: 'GET', headers: { 'x-debug': 'yes please', 'cf-connecting-ip': '192.0.2.1' } } },
}

describe('an invocation passes', () => {
  test.each<[TailFilter, boolean]>([
    [{ sampling_rate: 1 }, true],
    [{ sampling_rate: 0.4 }, false],
    [{ outcome: ['exception', 'ok'] }, true],
    [{ outcome: ['exception'] }, false],
    [{ method: ['get'] }, true],
    [{ method: ['POST'] }, false],
    [{ client_ip: ['192.0.2.1'] }, true],
    [{ client_ip: ['192.0.2.2'] }, false],
    [{ key: 'X-Debug' }, true],
    [{ key: 'X-Debug', query: 'please' }, true],
    [{ key: 'X-Debug', query: 'no' }, false],
    [{ key: '__proto__' }, false],
    [{ query: 'hello' }, true],
    [{ query: 'goodbye' }, false],
  ])('%p: %p', (filter, expected) => {
    expect(isWanted(ITEM, [filter], 0.5)).toBe(expected)
  })

  test('when all filters let it pass', () => {
    expect(isWanted(ITEM, [], 0.5)).toBe(true)
    expect(isWanted(ITEM, [{ outcome: ['ok'] }, { method: ['POST'] }], 0.5)).toBe(false)
  })

  test('by none when it has no request', () => {
    for (const filter of [{ method: ['GET'] }, { key: 'a' }, { query: 'x' }])
      expect(isWanted({}, [filter], 0)).toBe(false)
  })
})

test.each([[[{ sampling_rate: 2 }]], [[{ nonsense: 1 }]], ['x'], [Array.from({ length: 21 }, () => ({ query: '' }))]])(
  'no filters are %p',
  (json) => {
    expect(FILTERS.safeParse(json).success).toBe(false)
  },
)
