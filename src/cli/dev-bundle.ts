// One module of a Worker's file and all that it imports.  A JavaScript file that imports nothing is taken as it is, so that
// the lines of its stacks are those of the file.

import { readFileSync } from 'node:fs'
import { fail, ok, type Result } from '../base/index.ts'

/** What workerd has itself. */
const BUILT_IN = ['cloudflare:*', 'node:*']

/** The module's text, or what keeps it from being one, a line for each. */
export async function bundleWorker(file: string): Promise<Result<string, string>> {
  const source = readFileSync(file, 'utf8')
  if (/\.m?js$/.test(file) && importsNothing(source)) return ok(source)
  try {
    const { outputs, success, logs } = await Bun.build({
      ...{ entrypoints: [file], format: 'esm', target: 'browser', external: BUILT_IN, throw: false },
      conditions: ['workerd', 'worker', 'browser'],
    })
    const [output] = outputs
    if (!success || output === undefined) return fail(logs.map(String).join('\n'))
    return ok(await output.text())
  } catch (cause) {
    return fail(cause instanceof Error ? cause.message : String(cause))
  }
}

/** Whether a module needs nothing beside it; one that does not parse is workerd's to refuse, with its own words. */
function importsNothing(source: string): boolean {
  try {
    const imports = new Bun.Transpiler({ loader: 'js' }).scanImports(source)
    return imports.every(({ path }) => path.startsWith('cloudflare:') || path.startsWith('node:'))
  } catch {
    // Fail open: it is uploaded as it is, and the refusal says where it does not parse.
    return true
  }
}
