import { describe, expect, test } from 'bun:test'
import { judge } from './judge.ts'
import { readSource } from './source.ts'

function judged(path: string, ...lines: string[]): string[] {
  return judge(readSource(path, lines.join('\n')))
}

describe('an import is refused, with its file, line and rule', () => {
  const refused: readonly [title: string, path: string, line: string, complaint: string][] = [
    [
      'of a higher layer',
      'src/http/x.ts',
      "import { a } from '../cache/index.ts'",
      'src/http/x.ts:2 imports ../cache/index.ts: http (layer 1) may only import lower layers, not cache (layer 2)',
    ],
    [
      'of a higher layer, for a type only',
      'src/base/x.ts',
      "import type { A } from '../http/index.ts'",
      'src/base/x.ts:2 imports ../http/index.ts: base (layer 0) may only import lower layers, not http (layer 1)',
    ],
    [
      'of the data plane by the control plane',
      'src/api/x.ts',
      "import type { A } from '../edge/index.ts'",
      'src/api/x.ts:2 imports ../edge/index.ts: api (layer 5) and edge (layer 5) are of one layer and never import each other',
    ],
    [
      'of a store by the judgements above which it stands',
      'src/cache/x.ts',
      "import { a } from './store/index.ts'",
      'src/cache/x.ts:2 imports ./store/index.ts: cache (layer 2) may only import lower layers, not cache/store (layer 3)',
    ],
    [
      'past the door',
      'src/purge/x.ts',
      "import { a } from '../cache/vary.ts'",
      'src/purge/x.ts:2 imports ../cache/vary.ts: cache is entered by its door only',
    ],
    [
      "of the store's contract past the door",
      'src/purge/x.ts',
      "import type { CacheStore } from '../cache/store/contract.ts'",
      'src/purge/x.ts:2 imports ../cache/store/contract.ts: cache is entered by its door only',
    ],
    [
      'of HTTP by the expression language',
      'src/rules/x.ts',
      "import { a } from '../http/index.ts'",
      'src/rules/x.ts:2 imports ../http/index.ts: rules may only import base',
    ],
    [
      'of tests by product code',
      'src/cache/x.ts',
      "import { a } from './x.fixture.ts'",
      'src/cache/x.ts:2 imports ./x.fixture.ts: product code does not import tests',
    ],
    [
      'of a room without a row',
      'src/edge/x.ts',
      "import { a } from '../novel/index.ts'",
      'src/edge/x.ts:2 imports ../novel/index.ts: it is in no room of the table',
    ],
    [
      'of the manifest below the top',
      'src/edge/x.ts',
      "import { version } from '../../package.json'",
      'src/edge/x.ts:2 imports ../../package.json: it is in no room of the table',
    ],
    [
      'of the system by a pure room',
      'src/purge/match.ts',
      "import type { Socket } from 'node:net'",
      'src/purge/match.ts:2 imports node:net: a pure room has no system',
    ],
    [
      'of the system elsewhere than at its places',
      'src/edge/stages/x.ts',
      "import { Database } from 'bun:sqlite'",
      'src/edge/stages/x.ts:2 imports bun:sqlite: only the places in SYSTEM of test/layers/table.ts touch the system',
    ],
    [
      'of a package that is not in the row',
      'src/cache/x.ts',
      "import { z } from 'zod'",
      'src/cache/x.ts:2 imports zod: no package of that name is in the row of cache',
    ],
    [
      'past the door, by the test of another room',
      'src/edge/x.test.ts',
      "import { a } from '../cache/vary.ts'",
      'src/edge/x.test.ts:2 imports ../cache/vary.ts: a test enters other rooms by their door; cache has one',
    ],
    [
      'past the door, by an end-to-end test',
      'test/e2e/x.test.ts',
      "import { a } from '../../src/cache/vary.ts'",
      'test/e2e/x.test.ts:2 imports ../../src/cache/vary.ts: a test enters other rooms by their door; cache has one',
    ],
  ]

  test.each(refused)('%s', (_, path, line, complaint) => {
    expect(judged(path, '', line)).toEqual([complaint])
  })
})

describe('an import is allowed', () => {
  const allowed: readonly [title: string, path: string, line: string][] = [
    ['of a lower layer, by its door', 'src/edge/x.ts', "import { a } from '../config/index.ts'"],
    ["of the store's contract within its room", 'src/cache/vary.ts', "import type { A } from './store/contract.ts'"],
    ['of the outer room by the room inside it', 'src/cache/store/x.ts', "import { a } from '../stored-response.ts'"],
    ['of the own room', 'src/edge/stages/x.ts', "import { a } from '../exchange.ts'"],
    ['of a store by its own door', 'src/edge/x.ts', "import { a } from '../cache/store/index.ts'"],
    ['of the command line’s equal', 'src/cli/x.ts', "import { a } from '../main.ts'"],
    ['of the manifest, at the top', 'src/cli/x.ts', "import { version } from '../../package.json'"],
    ['of the system at its places', 'src/origin/x.ts', "import { a } from 'node:net'"],
    ['of a package in the row', 'src/api/x.ts', "import { a } from 'hono/body-limit'"],
    ['of anything in the own room, by a test', 'src/cache/x.test.ts', "import { a } from './x.fixture.ts'"],
    ['of the support, by a test', 'src/api/x.test.ts', "import { a } from '../../test/support/client.ts'"],
    ['of a higher door, by a test', 'src/purge/x.test.ts', "import { a } from '../api/index.ts'"],
    ['of the system, by a test of a pure room', 'src/http/x.test.ts', "import { a } from 'node:net'"],
  ]

  test.each(allowed)('%s', (_, path, line) => {
    expect(judged(path, line)).toEqual([])
  })
})

describe('a use is refused', () => {
  const refused: readonly [title: string, path: string, line: string, complaint: string][] = [
    [
      'of the clock in a pure room',
      'src/cache/x.ts',
      'export const now = Date.now()',
      'src/cache/x.ts uses Date.now(): a pure room takes it as an argument',
    ],
    [
      'of a date without an argument in a pure room',
      'src/cache/x.ts',
      'export const now = new Date()',
      'src/cache/x.ts uses new Date(): a pure room takes it as an argument',
    ],
    [
      'of chance in a pure room',
      'src/cors/x.ts',
      'export const chance = Math.random()',
      'src/cors/x.ts uses Math.random(): a pure room takes it as an argument',
    ],
    [
      'of the console in a pure room',
      'src/http/x.ts',
      "console.log('seen')",
      'src/http/x.ts uses console: a pure room takes it as an argument',
    ],
    [
      'of Bun elsewhere than at its places',
      'src/rulesets/x.ts',
      "export const text = Bun.file('x')",
      'src/rulesets/x.ts uses Bun: only the places in SYSTEM of test/layers/table.ts touch the system',
    ],
  ]

  test.each(refused)('%s', (_, path, line, complaint) => {
    expect(judged(path, line)).toEqual([complaint])
  })

  test('but not of the clock in the file that is the clock', () => {
    expect(judged('src/base/clock.ts', 'export const now = Date.now()')).toEqual([])
  })
})

describe('a place is refused', () => {
  test('when its room has no row', () => {
    expect(judged('src/novel/x.ts', '')).toEqual([
      'src/novel/x.ts: its room has no row in test/layers/table.ts; give it a layer',
    ])
  })

  test('when its name says nothing', () => {
    expect(judged('src/http/utils.ts', '')).toEqual([
      'src/http/utils.ts: "utils" names no noun of the field; say what is inside',
    ])
  })
})

describe('a door is refused', () => {
  test('when it does not list its names', () => {
    expect(judged('src/http/index.ts', "export * from './fields.ts'")).toEqual([
      'src/http/index.ts: a door lists its names by hand; no export *',
    ])
  })

  test('when it lists too many', () => {
    const names = Array.from({ length: 61 }, (_, index) => `a${index}`).join(', ')
    expect(judged('src/http/index.ts', `export { ${names} } from './fields.ts'`)).toEqual([
      'src/http/index.ts: 61 names exceed 60; a room that wide is two rooms',
    ])
  })
})
