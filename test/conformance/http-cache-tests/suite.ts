// Where the public suite `http-cache-tests` lies and how its parts are called, in either of its two layouts: the npm
// package keeps its engine at the top, the project's repository keeps it in `test-engine/`.

import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

export type TestKind = 'required' | 'optimal' | 'check'

/** One test of the suite, as far as counting needs it. */
export type SuiteTest = {
  readonly id: string
  readonly name: string
  readonly kind?: TestKind
  readonly depends_on?: readonly string[]
  readonly browser_only?: boolean
}

export type TestGroup = { readonly id: string; readonly name: string; readonly tests: readonly SuiteTest[] }

/** What the suite's client prints: true, or the kind of failure and its message. */
export type RawResult = true | readonly [kind: string, message: string]
export type RawResults = Readonly<Record<string, RawResult>>

export type Suite = {
  readonly directory: string
  readonly groups: readonly TestGroup[]
  /** The suite's own judgement, as the symbol that it prints for a test. */
  readonly symbolOf: (testId: string, results: RawResults) => string
  readonly clientScript: string
  readonly serverScript: string
}

/** The directory of the npm package, which this project pins. */
export function packageDirectory(): string {
  return dirname(fileURLToPath(import.meta.resolve('http-cache-tests/package.json')))
}

/** A checkout of the suite's repository that the caller wants to run instead, or undefined. */
export function checkoutDirectory(): string | undefined {
  return process.env.HTTP_CACHE_TESTS
}

/** Loads the suite from a directory of either layout. */
export async function loadSuite(directory: string): Promise<Suite> {
  const separate = existsSync(join(directory, 'test-engine'))
  const engine = separate ? join(directory, 'test-engine') : directory
  const groups = await importDefault<TestGroup[]>(join(directory, 'tests', 'index.mjs'))
  // The npm package's client adds this group itself.
  const extra = separate ? [] : [await importDefault<TestGroup>(join(directory, 'tests', 'surrogate-control.mjs'))]
  const judge = await importJudge(join(engine, 'lib', separate ? 'results.mjs' : 'display.mjs'))
  const all = [...groups, ...extra]
  return {
    directory,
    groups: all,
    symbolOf: (testId, results) => judge(all, testId, results)[2],
    clientScript: join(engine, 'cli.mjs'),
    serverScript: join(engine, 'server', 'server.mjs'),
  }
}

/** Results that the suite ships for another cache, such as "nginx". */
export async function loadShippedResults(directory: string, name: string): Promise<RawResults> {
  return (await Bun.file(join(directory, 'results', `${name}.json`)).json()) as RawResults
}

type Judge = (groups: readonly TestGroup[], testId: string, results: RawResults) => readonly [string, string, string]

async function importDefault<Value>(path: string): Promise<Value> {
  const module = (await import(path)) as { readonly default: Value }
  return module.default
}

async function importJudge(path: string): Promise<Judge> {
  const module = (await import(path)) as { readonly determineTestResult: Judge }
  return module.determineTestResult
}
