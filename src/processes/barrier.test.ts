import { expect, test } from 'bun:test'
import { Barrier } from './barrier.ts'

/** Whether a promise has resolved by the end of this turn. */
async function isResolved(promise: Promise<void>): Promise<boolean> {
  let resolved = false
  void promise.then(() => {
    resolved = true
  })
  await new Promise((resolve) => setImmediate(resolve))
  return resolved
}

test('a step is passed at once where there is nobody', async () => {
  const barrier = new Barrier<string>()
  expect(await isResolved(barrier.passed(barrier.next()))).toBe(true)
})

test('a step is passed when every member has done it or a later one', async () => {
  const barrier = new Barrier<string>()
  barrier.join('a', 0)
  barrier.join('b', 0)
  const step = barrier.next()
  const passed = barrier.passed(step)
  barrier.done('a', step)
  expect(await isResolved(passed)).toBe(false)
  expect(barrier.behind(step)).toEqual(['b'])
  barrier.done('b', barrier.next())
  expect(await isResolved(passed)).toBe(true)
})

test('a member that leaves is not waited for, and one that did not join does not count', async () => {
  const barrier = new Barrier<string>()
  barrier.join('a', 0)
  barrier.join('b', 0)
  const step = barrier.next()
  const passed = barrier.passed(step)
  barrier.done('c', step)
  barrier.done('a', step)
  expect(await isResolved(passed)).toBe(false)
  barrier.leave('b')
  expect(await isResolved(passed)).toBe(true)
  barrier.done('b', step)
  expect(barrier.behind(step + 1)).toEqual(['a'])
})

test('a member that joins behind a step is waited for', async () => {
  const barrier = new Barrier<string>()
  const first = barrier.next()
  const second = barrier.next()
  barrier.join('a', first)
  expect(barrier.behind(first)).toEqual([])
  const passed = barrier.passed(second)
  expect(await isResolved(passed)).toBe(false)
  barrier.done('a', second)
  expect(await isResolved(passed)).toBe(true)
})

test('who tells of a change does not wait for itself', async () => {
  const barrier = new Barrier<string>()
  barrier.join('a', 0)
  barrier.join('b', 0)
  const step = barrier.next()
  const passed = barrier.passed(step, 'a')
  barrier.done('b', step)
  expect(await isResolved(passed)).toBe(true)
  expect(barrier.behind(step)).toEqual(['a'])
})
