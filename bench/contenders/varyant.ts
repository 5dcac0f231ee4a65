// Varyant as its users start it: the launcher of a checkout, one zone, one process, no access log (nginx has none either).

import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Contender, endProcess, type Surroundings, spawnPinned, tailOf } from '../contender.ts'
import { BenchFailure } from '../failure.ts'
import { processTree } from '../processor.ts'

const READY_MILLIS = 30_000

/** A running Varyant, with what only it is asked for. */
export type Varyant = Contender & {
  /** From the start of the launcher to the ready line. */
  readonly readyAfterMillis: number
  /** The process that serves: the launcher's child. */
  readonly edgePid: number
}

/** Starts the Varyant of `checkout` with an empty data directory. */
export async function startVaryant(node: string, checkout: string, around: Surroundings): Promise<Varyant> {
  const directory = join(around.directory, `varyant-${crypto.randomUUID()}`)
  mkdirSync(directory, { recursive: true })
  const config = join(directory, 'varyant.json')
  writeFileSync(config, JSON.stringify(configOf(directory, around), null, 2))
  const log = join(directory, 'stderr.log')
  const launcher = join(checkout, 'bin', 'varyant.js')
  const begin = performance.now()
  const child = spawnPinned('server', [node, launcher, 'start', '--config', config, '--no-access-log'], log)
  const ready = await readyLine(child.stdout)
  const readyAfterMillis = performance.now() - begin
  const { edge, https } = ready ?? {}
  if (edge === undefined || https === undefined) {
    child.kill('SIGKILL')
    throw new BenchFailure(`Varyant printed no ready line with edge= and https=; its log ends:\n${await tailOf(log)}`)
  }
  const edgePid = processTree(child.pid)[1] ?? child.pid
  return {
    name: 'varyant',
    http: edge,
    https,
    pid: child.pid,
    edgePid,
    readyAfterMillis,
    stop: () => endProcess(child),
  }
}

function configOf(directory: string, around: Surroundings): unknown {
  return {
    edge: {
      http: '127.0.0.1:0',
      https: '127.0.0.1:0',
      tls: [{ cert: around.certificate, key: around.certificateKey }],
      processes: 1,
    },
    api: { listen: '127.0.0.1:0' },
    data: join(directory, 'data'),
    cache: { memory: '1GB', disk: '4GB' },
    zones: [{ name: 'bench.example', origins: { '*': around.origin }, settings: { browser_cache_ttl: 0 } }],
  }
}

/** The `name=value` words of the ready line, or undefined when it does not come in time. */
async function readyLine(stdout: ReadableStream<Uint8Array>): Promise<Record<string, string> | undefined> {
  const reader = stdout.getReader()
  const deadline = setTimeout(() => void reader.cancel(), READY_MILLIS)
  const decoder = new TextDecoder()
  let text = ''
  for (;;) {
    const { done, value } = await reader.read()
    if (done) break
    text += decoder.decode(value, { stream: true })
    const words = parseReadyLine(text)
    if (words === undefined) continue
    clearTimeout(deadline)
    return words
  }
  clearTimeout(deadline)
  return undefined
}

/** The words of the first whole line that begins with `varyant ready`, as a record. */
export function parseReadyLine(text: string): Record<string, string> | undefined {
  const line = text
    .split('\n')
    .slice(0, -1)
    .find((candidate) => candidate.startsWith('varyant ready '))
  if (line === undefined) return undefined
  const words: Record<string, string> = {}
  for (const word of line.trim().split(' ').slice(2)) {
    const equals = word.indexOf('=')
    if (equals > 0) words[word.slice(0, equals)] = word.slice(equals + 1)
  }
  return words
}
