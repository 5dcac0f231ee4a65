// Every source file of the repository, read.

import { fileURLToPath } from 'node:url'
import { readSource, type Source } from './source.ts'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))

export async function readTree(): Promise<Source[]> {
  const paths = [...new Bun.Glob('{src,test,bench}/**/*.ts').scanSync({ cwd: ROOT })].sort()
  return Promise.all(paths.map(async (path) => readSource(path, await Bun.file(`${ROOT}/${path}`).text())))
}
