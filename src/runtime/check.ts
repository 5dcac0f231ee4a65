// Runs a script's top level alone, in a process that is thrown away, before anybody is served by it: what does not start
// alone would take the whole zone with it.  CF workers/platform/limits §Worker startup time

import { rmSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { fail, type Millis, ok, type Result } from '../base/index.ts'
import type { Script, ScriptFindings } from '../scripts/index.ts'
import type { Cgroups } from './cgroups.ts'
import { type Child, startChild } from './child.ts'
import type { Jail } from './jail.ts'
import { checkConfig } from './workerd-config.ts'

export type CheckProblem = { readonly message: string }

export type CheckParts = {
  readonly program: string
  readonly jail: Jail
  readonly cgroups?: Cgroups | undefined
  /** A new, empty folder; removed when done. */
  readonly directory: string
  /** A top level that is not done by then never will be. */
  readonly limit: Millis
  readonly maxHeapMegabytes: number
}

/** What a script that starts handles, or why it does not start, as its author would say it: `Uncaught Error: … at index.js:1:2`. */
export async function checkScript(script: Script, parts: CheckParts): Promise<Result<ScriptFindings, CheckProblem>> {
  const { directory } = parts
  const socket = join(directory, 's')
  for (const { name, content } of checkConfig(script, socket, parts.maxHeapMegabytes)) {
    writeFileSync(join(directory, name), content, { mode: 0o600 })
  }
  const configPath = join(directory, 'config.capnp')
  const cgroup = parts.cgroups?.make(`check-${basename(directory)}`)
  const child = startChild({ ...parts, cgroup, configPath, sockets: 1, startLimit: parts.limit })
  try {
    const ready = await child.ready
    if (ready.kind === 'failed') {
      if (cgroup?.hasRunOut() === true) return fail({ message: OUT_OF_MEMORY })
      const message =
        ready.reason === 'overdue'
          ? `Script startup exceeded the limit of ${parts.limit / 1000} s; do less outside of the handlers.`
          : explain(ready.message, directory)
      return fail({ message })
    }
    return ok({ startupMillis: ready.startupMillis, handlers: await handlersOf(script, socket, parts.limit) })
  } finally {
    await end(child)
    cgroup?.remove()
    rmSync(directory, { recursive: true, force: true })
  }
}

async function handlersOf(script: Script, socket: string, limit: Millis): Promise<readonly string[]> {
  const main = script.modules.find(({ name }) => name === script.mainModule)
  if (main?.type === 'script') return ['fetch']
  try {
    const answer = await fetch('http://check.invalid/', { unix: socket, signal: AbortSignal.timeout(limit) })
    const names: unknown = await answer.json()
    return Array.isArray(names) ? names.filter((name) => typeof name === 'string') : []
  } catch {
    // Fail open: it has started; what it handles shows when it is asked.
    return []
  }
}

async function end(child: Child): Promise<void> {
  child.kill('SIGKILL')
  await child.ended
}

/** What V8 prints last when a script's heap has grown to its limit. */
export const HEAP_EXHAUSTED = 'JavaScript heap out of memory'

const OUT_OF_MEMORY = 'Script startup exceeded the memory limit.'

const NOISE = /^(?:workerd\/.*: )?(?:warning|info):|^\*\*\*|^$/i

/** workerd's own words without what is about us: our service's name, warnings, places in its source. */
export function explain(printed: string, directory: string): string {
  if (printed.includes(HEAP_EXHAUSTED)) return OUT_OF_MEMORY
  const lines = printed
    .replaceAll(`${directory}/`, '')
    .split('\n')
    .map((line) => line.trimEnd().replace(/^service check: /, ''))
    .filter((line) => !NOISE.test(line) && !line.includes('varyant:inspector'))
  return lines.join('\n').trim() || 'the script does not start, and workerd does not say why'
}
