import { afterAll, beforeAll, expect, test } from 'bun:test'
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openDataDirectory } from './data-directory.ts'
import { StartFailure } from './start-failure.ts'

let root: string
beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), 'varyant-test-'))
})
afterAll(() => rmSync(root, { recursive: true }))

function failureOf(path: string): string {
  try {
    openDataDirectory(path, 0).close()
  } catch (cause) {
    if (cause instanceof StartFailure) return cause.message
    throw cause
  }
  return 'none'
}

test('a directory that is missing is made, for its owner only', () => {
  const path = join(root, 'made', 'below')
  openDataDirectory(path).close()
  expect(statSync(path).mode & 0o777).toBe(0o700)
})

test('a directory is held until it is let go', () => {
  const path = join(root, 'held')
  const held = openDataDirectory(path)
  expect(failureOf(path)).toBe(
    `the data directory ${path} is in use by another Varyant; stop that one, or choose another directory with --data`,
  )
  held.close()
  expect(failureOf(path)).toBe('none')
})

test('a process that was killed holds nothing', async () => {
  const path = join(root, 'killed')
  const module = join(import.meta.dir, 'data-directory.ts')
  // Held by a name: what nobody refers to is collected, and its lock with it.
  const script = `const { openDataDirectory } = await import(${JSON.stringify(module)}); globalThis.held = openDataDirectory(${JSON.stringify(path)}); console.log('held'); setInterval(() => {}, 1000)`
  const holder = Bun.spawn([process.execPath, '-e', script], { stdout: 'pipe' })
  try {
    await holder.stdout.getReader().read()
    expect(failureOf(path)).toStartWith(`the data directory ${path} is in use`)
  } finally {
    holder.kill('SIGKILL')
    await holder.exited
  }
  expect(failureOf(path)).toBe('none')
})

test('a directory that cannot be made is a failure with a remedy', () => {
  const file = join(root, 'file')
  writeFileSync(file, '')
  expect(failureOf(join(file, 'data'))).toMatch(
    /^the data directory .* cannot be made: .*; choose another with --data$/,
  )
})
