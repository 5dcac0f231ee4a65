import { afterAll, beforeAll, expect, test } from 'bun:test'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { makeFakeClock } from '../base/index.ts'
import { type Documents, makeMemoryDocuments } from './documents.ts'
import { openDocuments } from './documents-file.ts'

let root: string
beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), 'varyant-test-'))
})
afterAll(() => rmSync(root, { recursive: true }))

const open = (): Documents =>
  openDocuments({ path: join(root, 'config.sqlite'), clock: makeFakeClock(1000), events: () => {} })

const ABC_SHA256 = 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad'
const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text)

test.each([
  ['in memory', makeMemoryDocuments],
  ['in a file', open],
])('blobs %s are kept once, by their SHA-256, until they are left out', (_, make) => {
  const { blobs, close } = make()
  expect(blobs.keep(bytesOf('abc'))).toBe(ABC_SHA256)
  expect(blobs.keep(bytesOf('abc'))).toBe(ABC_SHA256)
  const empty = blobs.keep(new Uint8Array())
  expect(blobs.read(ABC_SHA256)).toEqual(bytesOf('abc'))
  expect(blobs.read(empty)).toEqual(new Uint8Array())
  expect(blobs.read('0'.repeat(64))).toBeUndefined()
  blobs.retain(new Set([ABC_SHA256]))
  expect(blobs.read(empty)).toBeUndefined()
  expect(blobs.read(ABC_SHA256)).toEqual(bytesOf('abc'))
  close()
})

test('blobs in a file survive a restart', () => {
  const first = open()
  const every = Uint8Array.from({ length: 256 }, (_, index) => index)
  const hash = first.blobs.keep(every)
  first.close()
  const second = open()
  expect(second.blobs.read(hash)).toEqual(every)
  second.close()
})
