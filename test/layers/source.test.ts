import { describe, expect, test } from 'bun:test'
import { type ImportKind, readSource } from './source.ts'

describe('every way to depend on a file is seen', () => {
  const forms: readonly [text: string, kind: ImportKind][] = [
    ["import { a } from './x.ts'", 'value'],
    ["import type { A } from './x.ts'", 'type'],
    ["import type A from './x.ts'", 'type'],
    ["import type * as a from './x.ts'", 'type'],
    ["import { type A } from './x.ts'", 'type'],
    ["import { type A, a } from './x.ts'", 'value'],
    ["import {\n  type A,\n  type B,\n} from './x.ts'", 'type'],
    ["export { a } from './x.ts'", 'value'],
    ["export type { A } from './x.ts'", 'type'],
    ["export { type A } from './x.ts'", 'type'],
    ["export * from './x.ts'", 'value'],
    ["export type * from './x.ts'", 'type'],
    ["import './x.ts'", 'value'],
    ["export const a = await import('./x.ts')", 'deferred'],
    ["const { a }: typeof import('./x.ts') = require('./x.ts')", 'deferred'],
    ["import { a } from './x.ts'\nexport const b = await import('./x.ts')", 'value'],
    ["export const a = await import('./x.ts')\nexport { b } from './x.ts'", 'value'],
    ["export const a = new Worker(new URL('./x.ts', import.meta.url))", 'deferred'],
  ]

  test.each(forms)('%s', (text, kind) => {
    expect(readSource('src/a.ts', text).imports).toEqual([{ specifier: './x.ts', kind, line: expect.any(Number) }])
  })
})

describe('what only looks like one is not', () => {
  test.each([
    ["// import { a } from './x.ts'"],
    ["/*\nimport { a } from './x.ts'\n*/"],
    ["export const text = `\nimport { a } from './x.ts'\n`"],
    ['export type A = string'],
  ])('%s', (text) => {
    expect(readSource('src/a.ts', text).imports).toEqual([])
  })

  test.each([
    ['// Date.now(), Bun and process'],
    ['export const a = { process: 1 }'],
    ['export const a = (b: { fetch(): void }): void => b.fetch()'],
    ['export const a = new Date(0)'],
    ["export const a = 'a CORS-preflight fetch'"],
    ['export type A = Bun.Server<undefined>'],
  ])('%s', (text) => {
    expect(readSource('src/a.ts', text).globals).toEqual([])
  })
})

test('an import is found on its line', () => {
  const { imports } = readSource('src/a.ts', "\nimport {\n  a,\n} from './x.ts'\n")
  expect(imports.map(({ line }) => line)).toEqual([4])
})
