// Varnish with its malloc storage and its built-in VCL: `Vary: Origin` selects the variants.

import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Contender, endProcess, freePort, type Surroundings, spawnPinned, untilAnswering } from '../contender.ts'

/** Starts varnishd; it compiles its VCL with the C compiler. */
export async function startVarnish(program: string, around: Surroundings): Promise<Contender> {
  const directory = join(around.directory, 'varnish')
  mkdirSync(directory, { recursive: true })
  const port = await freePort()
  const vcl = join(directory, 'bench.vcl')
  const { hostname, port: originPort } = new URL(around.origin)
  writeFileSync(vcl, `vcl 4.1;\nbackend default { .host = "${hostname}"; .port = "${originPort}"; }\n`)
  const log = join(directory, 'stderr.log')
  const child = spawnPinned(
    'server',
    [
      ...[program, '-F', '-j', 'none', '-n', join(directory, 'work'), '-a', `127.0.0.1:${port}`, '-f', vcl],
      ...['-s', 'malloc,1g', '-p', 'thread_pools=1', '-T', 'none'],
    ],
    log,
  )
  const http = `http://127.0.0.1:${port}`
  await untilAnswering(child, `${http}/1k.css`, log)
  return { name: 'varnish', http, https: undefined, pid: child.pid, stop: () => endProcess(child) }
}
