import { describe, expect, test } from 'bun:test'
import { millis } from '../base/index.ts'
import { Deadlines, type Waiting } from './deadlines.ts'

type Sitter = Waiting & { readonly called: Promise<number> }

function sitter(): Sitter {
  const { promise, resolve } = Promise.withResolvers<number>()
  return {
    since: 0,
    previous: undefined,
    next: undefined,
    called: promise,
    overdue: () => resolve(performance.now()),
  }
}

describe('those who wait', () => {
  test('are called when their span is over, in order, and not before', async () => {
    const deadlines = new Deadlines(millis(15))
    const sitters = [sitter(), sitter(), sitter()]
    const began = performance.now()
    for (const one of sitters) deadlines.join(one)
    const times = await Promise.all(sitters.map(({ called }) => called))
    expect(Math.min(...times) - began).toBeGreaterThanOrEqual(14)
    expect(times).toEqual([...times].sort((a, b) => a - b))
  })

  test('and leave, from any place, are never called', async () => {
    const deadlines = new Deadlines(millis(5))
    for (const leaving of [0, 1, 2]) {
      const sitters = [sitter(), sitter(), sitter()]
      for (const one of sitters) deadlines.join(one)
      const gone = sitters.splice(leaving, 1)[0] ?? sitter()
      deadlines.leave(gone)
      deadlines.leave(gone)
      await Promise.all(sitters.map(({ called }) => called))
      expect(await Promise.race([gone.called, Promise.resolve('not called')])).toBe('not called')
    }
  })

  test('may join again from their call', async () => {
    const deadlines = new Deadlines(millis(5))
    let calls = 0
    const { promise, resolve } = Promise.withResolvers<void>()
    const again: Waiting = {
      since: 0,
      previous: undefined,
      next: undefined,
      overdue: () => {
        calls += 1
        if (calls === 3) resolve()
        else deadlines.join(again)
      },
    }
    deadlines.join(again)
    await promise
    expect(calls).toBe(3)
  })
})
