// Groups on the machine that the tests run on, as far as it has any.  Limits need the memory controller, which many have only
// where systemd or a container delegates it: those tests then are skipped, and cgroup-place.test.ts says what is decided there.

import { describe, expect, test } from 'bun:test'
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { bytes } from '../base/index.ts'
import { findPlace, mountOf } from './cgroup-place.ts'
import { findCgroups, openCgroups, removeCgroup } from './cgroups.ts'
import { openRunDirectory } from './run-directory.ts'
import { makeScript, makeVisit, makeZone, startRuntime, told, workerds } from './runtime.fixture.ts'

const MEMORY = bytes(300 * 10 ** 6)
const PLACE = findPlace(process.pid)

/** A group of cgroup v2 that can be made here, whatever its controllers. */
function makeGroup(): string | undefined {
  const mounted = mountOf(existsSync('/proc/self/mountinfo') ? readFileSync('/proc/self/mountinfo', 'utf8') : '')
  if (mounted === undefined) return undefined
  const path = join(mounted, `varyant-${process.pid}-test`)
  try {
    mkdirSync(path)
    return path
  } catch {
    // Not ours to write: the tests of real groups are skipped.
    return undefined
  }
}
const probe = makeGroup()
if (probe !== undefined) rmdirSync(probe)

describe('a group', () => {
  test('has its limits written, and its program is started by a shell that moves itself there', () => {
    const base = mkdtempSync(join(tmpdir(), 'vc-'))
    try {
      const cgroups = openCgroups({ kind: 'found', base, enable: ['memory'], move: [7, 8] }, MEMORY)
      expect(readFileSync(join(base, 'cgroup.subtree_control'), 'utf8')).toBe('+memory')
      expect(readFileSync(join(base, 'varyant-edge', 'cgroup.procs'), 'utf8')).toBe('8')
      const group = cgroups.make('z1-g1')
      const path = join(base, `varyant-${process.pid}-z1-g1`)
      const limits = ['memory.max', 'memory.swap.max', 'memory.oom.group', 'cpu.weight']
      expect(limits.map((name) => readFileSync(join(path, name), 'utf8'))).toEqual(['300000000', '0', '1', '33'])
      const { stdout } = Bun.spawnSync([...(group?.words ?? []), 'echo', 'a b', '$0'])
      expect(stdout.toString()).toBe('a b $0\n')
      expect(readFileSync(join(path, 'cgroup.procs'), 'utf8')).toBe('0\n')
      expect(group?.hasRunOut()).toBe(false)
      writeFileSync(join(path, 'memory.events'), 'low 0\nmax 12\noom 1\noom_kill 1\n')
      expect(group?.hasRunOut()).toBe(true)
    } finally {
      rmSync(base, { recursive: true, force: true })
    }
  })

  test('that cannot be made is none, and why is said', () => {
    const nowhere = { kind: 'found', base: '/nonexistent', enable: [], move: [] } as const
    expect(openCgroups(nowhere, MEMORY).make('z1-g1')).toBeUndefined()
    expect(findCgroups(MEMORY, nowhere)).toBe('no cgroup can be made below /nonexistent')
    expect(findCgroups(MEMORY, { ...nowhere, enable: ['memory'] })).toContain('ENOENT')
    expect(findCgroups(MEMORY, { kind: 'none', why: 'no' })).toBe('no')
  })

  test('with somebody in it is left, and goes when it is empty', () => {
    const base = mkdtempSync(join(tmpdir(), 'vc-'))
    mkdirSync(join(base, 'group', 'within'), { recursive: true })
    expect(removeCgroup(join(base, 'group'))).toBe(false)
    rmSync(join(base, 'group', 'within'), { recursive: true })
    expect([removeCgroup(join(base, 'group')), removeCgroup(join(base, 'group'))]).toEqual([true, true])
    rmSync(base, { recursive: true })
  })

  test.if(probe !== undefined)('of this machine: what a killed edge left in it ends, and it is removed', async () => {
    const group = makeGroup() ?? ''
    const data = mkdtempSync(join(tmpdir(), 'vc-'))
    const killed = openRunDirectory(data)
    const config = join(killed.folder('z1'), 'config.capnp')
    const words = ['/bin/sh', '-c', 'echo 0 > "$0/cgroup.procs" && exec "$@"', group]
    writeFileSync(config, '')
    const orphan = Bun.spawn([...words, 'tail', '-f', config])
    killed.note(orphan.pid, group)
    while (!readFileSync(join(group, 'cgroup.procs'), 'utf8').includes(String(orphan.pid))) await turn()
    openRunDirectory(data)
    await orphan.exited
    expect(orphan.signalCode).toBe('SIGKILL')
    rmSync(data, { recursive: true, force: true })
    expect(existsSync(group)).toBe(false)
  })
})

/** The program is there a moment after the process. */
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

describe('scripts', () => {
  test('run without cgroups, and only those are told who debug', async () => {
    const script = makeScript('export default { fetch: () => new Response("fine") }')
    const zone = makeZone('example.com', script)
    for (const tellLimits of [false, true]) {
      await using edge = startRuntime([zone], { cgroups: { kind: 'none', why: 'nobody gave any' }, tellLimits })
      expect(await told(edge.runtime.dispatch(makeVisit(zone, 'http://example.com/')))).toEqual([200, 'fine'])
      await edge.runtime.validate(script)
      const message = 'the memory of scripts has no limit of its own: nobody gave any'
      expect(edge.reported).toEqual(tellLimits ? [{ kind: 'notice', message }] : [])
    }
  })

  test('are started in a group for each process; one that was ended there for its memory has used too much', async () => {
    const base = mkdtempSync(join(tmpdir(), 'vc-'))
    const zone = makeZone(
      'example.com',
      makeScript('export default { fetch: (r) => r.url.endsWith("/hang") ? fetch(r) : new Response("fine") }'),
    )
    try {
      await using edge = startRuntime([zone], {
        cgroups: { kind: 'found', base, enable: [], move: [] },
        memory: MEMORY,
      })
      expect(await told(edge.runtime.dispatch(makeVisit(zone, 'http://example.com/')))).toEqual([200, 'fine'])
      const group = join(base, readdirSync(base).find((name) => name.endsWith('-g1')) ?? '')
      expect(readFileSync(join(group, 'memory.max'), 'utf8')).toBe('300000000')
      const asked = Promise.withResolvers<void>()
      edge.answer = () => {
        asked.resolve()
        return new Promise(() => undefined)
      }
      const hanging = told(edge.runtime.dispatch(makeVisit(zone, 'http://example.com/hang')))
      await asked.promise
      writeFileSync(join(group, 'memory.events'), 'oom_kill 1\n')
      for (const pid of workerds()) process.kill(pid, 'SIGKILL')
      expect(await hanging).toEqual(['worker-limit'])
      expect(edge.reported.at(-1)).toEqual({
        kind: 'notice',
        message: expect.stringContaining('a script used too much memory (script)'),
      })
    } finally {
      rmSync(base, { recursive: true, force: true })
    }
  })

  test.if(PLACE.kind === 'found')('that take memory outside of their heap are ended at the limit', async () => {
    const eater = makeScript(`const kept = []
      export default { fetch(request) {
        if (new URL(request.url).pathname === '/eat') for (let n = 0; n < 40; n += 1) kept.push(new Uint8Array(2 ** 24).fill(1))
        return new Response('fine') } }`)
    const zone = makeZone('example.com', eater)
    await using edge = startRuntime([zone], { memory: MEMORY })
    expect(await told(edge.runtime.dispatch(makeVisit(zone, 'http://example.com/')))).toEqual([200, 'fine'])
    expect(await told(edge.runtime.dispatch(makeVisit(zone, 'http://example.com/eat')))).toEqual(['worker-limit'])
    expect(await told(edge.runtime.dispatch(makeVisit(zone, 'http://example.com/')))).toEqual([200, 'fine'])
  })
})
