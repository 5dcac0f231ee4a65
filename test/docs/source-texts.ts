// The product's source and the documents that are written from it.

import { fileURLToPath } from 'node:url'
import type { SourceText } from './deviations.ts'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))

export const DEVIATIONS = `${ROOT}/docs/deviations.md`
export const RULES = `${ROOT}/docs/rules.md`

/** Every source file that is no test, by path. */
export async function readSourceTexts(): Promise<readonly SourceText[]> {
  const paths = [...new Bun.Glob('src/**/*.ts').scanSync({ cwd: ROOT })]
    .filter((path) => !/\.(?:test|fixture|contract)\.ts$/.test(path))
    .sort()
  return Promise.all(paths.map(async (path) => ({ path, text: await Bun.file(`${ROOT}/${path}`).text() })))
}
