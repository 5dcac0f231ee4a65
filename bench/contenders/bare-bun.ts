// A bare server on the runtime that Varyant stands on: it has the answers ready and judges nothing.  What it costs is the
// least that anything on this runtime can cost, so it says how much of a figure is ours.

import { join } from 'node:path'
import { type Contender, endProcess, type Surroundings, spawnPinned, tailOf } from '../contender.ts'
import { BenchFailure } from '../failure.ts'

/** Starts it with a copy of the origin's answers. */
export async function startBareBun(around: Surroundings): Promise<Contender> {
  const log = join(around.directory, 'bare-bun.log')
  const script = join(import.meta.dir, 'bare-bun-server.ts')
  const child = spawnPinned('server', [process.execPath, script, JSON.stringify(around)], log)
  const reader = child.stdout.getReader()
  const { value } = await reader.read()
  reader.releaseLock()
  if (value === undefined) throw new BenchFailure(`the bare server did not start; its log ends:\n${await tailOf(log)}`)
  const { http, https } = JSON.parse(new TextDecoder().decode(value)) as { http: string; https: string }
  return { name: 'bun', http, https, pid: child.pid, stop: () => endProcess(child) }
}
