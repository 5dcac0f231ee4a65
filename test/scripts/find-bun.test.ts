// The binary is found in every state that npm leaves node_modules in.  Files of its size stand for it: nothing is run.

import { describe, expect, test } from 'bun:test'
import { mkdirSync, truncateSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { findBun, platformPackages } from '../../bin/find-bun.js'
import { makeScratch } from '../support/index.ts'

const BINARY_BYTES = 100_000_000
const STUB_BYTES = 450

const LINUX = { system: 'linux', architecture: 'x64', libc: 'glibc' } as const
const ALPINE = { ...LINUX, libc: 'musl' } as const
const WINDOWS = { ...LINUX, system: 'win32' } as const

const STUB: readonly [string, number] = ['bun/bin/bun.exe', STUB_BYTES]
const MOVED: readonly [string, number] = ['bun/bin/bun.exe', BINARY_BYTES]

describe('the binary is found', () => {
  const cases: readonly [
    title: string,
    platform: typeof LINUX | typeof ALPINE | typeof WINDOWS,
    files: readonly (readonly [path: string, bytes: number])[],
    found: string,
  ][] = [
    ['where the install script moved it', LINUX, [MOVED], 'bun/bin/bun.exe'],
    [
      'in the package of the platform when install scripts are blocked',
      LINUX,
      [STUB, ['@oven/bun-linux-x64/bin/bun', BINARY_BYTES]],
      '@oven/bun-linux-x64/bin/bun',
    ],
    [
      'for this C library when npm installed both',
      ALPINE,
      [STUB, ['@oven/bun-linux-x64/bin/bun', BINARY_BYTES], ['@oven/bun-linux-x64-musl/bin/bun', BINARY_BYTES]],
      '@oven/bun-linux-x64-musl/bin/bun',
    ],
    [
      'beside the package bun when node_modules is not flat',
      LINUX,
      [STUB, ['bun/node_modules/@oven/bun-linux-x64/bin/bun', BINARY_BYTES]],
      'bun/node_modules/@oven/bun-linux-x64/bin/bun',
    ],
    [
      'under its name on Windows',
      WINDOWS,
      [STUB, ['@oven/bun-windows-x64/bin/bun.exe', BINARY_BYTES]],
      '@oven/bun-windows-x64/bin/bun.exe',
    ],
  ]

  test.each(cases)('%s', async (_, platform, files, found) => {
    await using scratch = await makeScratch()
    install(scratch.path, files)
    const root = join(scratch.path, 'node_modules')
    expect(findBun(join(scratch.path, 'start.js'), platform)).toBe(join(root, found))
  })
})

test('without a binary the error says what to run', async () => {
  await using scratch = await makeScratch()
  install(scratch.path, [STUB])
  expect(() => findBun(join(scratch.path, 'start.js'), LINUX)).toThrow('run "npm ci --include=optional"')
})

test('a platform that Bun does not know is named', () => {
  expect(() => findBun(import.meta.url, { ...LINUX, system: 'aix' })).toThrow('Bun does not run on aix x64')
})

test('macOS under Rosetta may have the binary for arm64', () => {
  expect(platformPackages({ ...LINUX, system: 'darwin' })).toEqual(['@oven/bun-darwin-x64', '@oven/bun-darwin-aarch64'])
})

/** Lays files of these sizes under node_modules, each with a manifest in its package. */
function install(directory: string, files: readonly (readonly [path: string, bytes: number])[]): void {
  for (const [path, size] of files) {
    const file = join(directory, 'node_modules', path)
    mkdirSync(dirname(file), { recursive: true })
    writeFileSync(join(dirname(file), '..', 'package.json'), '{}')
    writeFileSync(file, '')
    truncateSync(file, size)
  }
}
