import { expect, test } from 'bun:test'
import { nextRay } from './ray.ts'

const MANY = 200_000

test('ray ids are sixteen hexadecimal digits, and none comes twice: over several turns of the counter', () => {
  const rays = Array.from({ length: MANY }, nextRay)
  expect(new Set(rays).size).toBe(MANY)
  expect(rays.filter((ray) => !/^[0-9a-f]{16}$/.test(ray))).toEqual([])
})

test('ray ids of one process begin alike, with what other processes do not have', () => {
  const [one, two] = [nextRay(), nextRay()]
  expect(one.slice(0, 8)).toBe(two.slice(0, 8))
})
