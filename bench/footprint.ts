// Varyant alone: how long it takes to be ready, what it weighs idle, and what a stored variant weighs.

import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import type { Surroundings } from './contender.ts'
import { startVaryant } from './contenders/varyant.ts'
import { BenchFailure } from './failure.ts'
import { residentBytes } from './processor.ts'
import { median } from './rounds.ts'

/** After the ready line: what starting has left is collected, and periodic work has run. */
const IDLE_MILLIS = 5000
const STARTS = 3

export type Idle = {
  readonly edgeBytes: number
  readonly launcherBytes: number
  readonly readyMillis: number
}

/** Starts Varyant a few times, lets the last one idle, and weighs it. */
export async function measureIdle(node: string, checkout: string, around: Surroundings): Promise<Idle> {
  const ready: number[] = []
  for (let start = 1; ; start += 1) {
    const varyant = await startVaryant(node, checkout, around)
    ready.push(varyant.readyAfterMillis)
    if (start === STARTS) await delay(IDLE_MILLIS)
    const edgeBytes = residentBytes(varyant.edgePid)
    const launcherBytes = varyant.edgePid === varyant.pid ? 0 : residentBytes(varyant.pid)
    await varyant.stop()
    if (start === STARTS) return { edgeBytes, launcherBytes, readyMillis: median(ready) ?? Number.NaN }
  }
}

/** Bytes for each small variant in the memory tier, as `store-memory.ts` measures it in a process of its own. */
export async function measureVariantBytes(checkout: string): Promise<number> {
  const script = join(checkout, 'bench', 'store-memory.ts')
  if (!existsSync(script)) throw new BenchFailure('bench/store-memory.ts is missing in this checkout')
  const child = Bun.spawn([process.execPath, script, '--json'], {
    cwd: checkout,
    stdin: 'ignore',
    stdout: 'pipe',
    stderr: 'pipe',
  })
  const [text, complaints] = await Promise.all([new Response(child.stdout).text(), new Response(child.stderr).text()])
  if ((await child.exited) !== 0) throw new BenchFailure(`bench/store-memory.ts failed:\n${complaints}`)
  const report: unknown = JSON.parse(text)
  const found =
    report !== null && typeof report === 'object' && 'bytesPerVariant' in report ? report.bytesPerVariant : undefined
  if (typeof found !== 'number') throw new BenchFailure(`bench/store-memory.ts reported no bytesPerVariant:\n${text}`)
  return found
}
