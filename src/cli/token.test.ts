import { afterAll, beforeAll, expect, test } from 'bun:test'
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { getToken } from './token.ts'

let root: string
beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), 'varyant-test-'))
})
afterAll(() => rmSync(root, { recursive: true }))

test('the token of the environment is used as it is, and nothing is written', () => {
  const data = join(root, 'unused')
  const token = getToken(data, { VARYANT_API_TOKEN: ' given\n' })
  expect(token).toEqual({ secret: 'given', place: 'the environment variable VARYANT_API_TOKEN' })
  expect(() => statSync(data)).toThrow()
})

test('without one it is made once, long, and for its owner only', () => {
  const data = join(root, 'made')
  const first = getToken(data, { VARYANT_API_TOKEN: '' })
  expect(first.secret).toMatch(/^[\w-]{43}$/)
  expect(first.place).toBe(join(data, 'token'))
  expect(readFileSync(first.place, 'utf8')).toBe(`${first.secret}\n`)
  expect([statSync(data).mode & 0o777, statSync(first.place).mode & 0o777]).toEqual([0o700, 0o600])
  expect(getToken(data, {})).toEqual(first)
  expect(getToken(join(root, 'other'), {}).secret).not.toBe(first.secret)
})

test("an empty token file is refused: an empty token would be anyone's", () => {
  writeFileSync(join(root, 'token'), '\n')
  expect(() => getToken(root, {})).toThrow(`the API token in ${join(root, 'token')} is empty; remove the file`)
})

test('a data directory that cannot be written is a failure with a remedy', () => {
  expect(() => getToken(join(root, 'token', 'below'), {})).toThrow(/^the API token cannot be .*; /)
})
