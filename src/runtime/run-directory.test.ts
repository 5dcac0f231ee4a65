// The folder of sockets: who may enter it, how long its name is, and what a killed edge leaves behind.

import { expect, test } from 'bun:test'
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { commandLine } from './process-times.ts'
import { openRunDirectory } from './run-directory.ts'

const inScratch = async (run: (folder: string) => void | Promise<void>): Promise<void> => {
  const folder = mkdtempSync(join(tmpdir(), 'vt-'))
  try {
    await run(folder)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** The program is there a moment after the process. */
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

test('only this user may enter it, and it is gone at the end', async () => {
  await inScratch((data) => {
    const run = openRunDirectory(data)
    const folder = run.folder('z1')
    expect([run.path, folder].map((path) => statSync(path).mode & 0o777)).toEqual([0o700, 0o700])
    expect(run.path).toBe(join(data, 'run'))
    run.remove()
    expect(existsSync(run.path)).toBe(false)
  })
})

test('a long data directory has its sockets elsewhere, where their paths fit', async () => {
  await inScratch((data) => {
    const long = join(data, 'x'.repeat(90))
    mkdirSync(long)
    const run = openRunDirectory(long)
    expect(Buffer.byteLength(join(run.path, 'z9999', 'g999999-s9999'))).toBeLessThan(104)
    expect(statSync(run.path).mode & 0o777).toBe(0o700)
    run.remove()
    expect(existsSync(run.path)).toBe(false)
  })
})

test('what a killed edge left behind is cleared away, its processes too', async () => {
  await inScratch(async (data) => {
    const killed = openRunDirectory(data)
    const config = join(killed.folder('z1'), 'config.capnp')
    // A process that serves from the folder, as workerd would.
    const orphan = Bun.spawn(['sh', '-c', 'sleep 60; :', config])
    killed.note(orphan.pid)
    while (commandLine(orphan.pid)?.includes(config) !== true) await turn()
    openRunDirectory(data)
    await orphan.exited
    expect(orphan.signalCode).toBe('SIGKILL')
    expect(readdirSync(killed.path)).toEqual(['state.json'])
  })
})

test('a process that only has the number of one is left alone', async () => {
  await inScratch(async (data) => {
    const killed = openRunDirectory(data)
    const stranger = Bun.spawn(['sleep', '60'])
    killed.note(stranger.pid)
    openRunDirectory(data)
    expect(stranger.exitCode).toBeNull()
    stranger.kill()
    await stranger.exited
    expect(stranger.signalCode).toBe('SIGTERM')
  })
})

test.each(['', '{', '{"path":7,"pids":"x"}', '{"path":"/","pids":[-1,"a",1.5]}', 'null'])(
  'a note that says %j harms nobody',
  async (text) => {
    await inScratch((data) => {
      mkdirSync(join(data, 'run'))
      writeFileSync(join(data, 'run', 'state.json'), text)
      expect(openRunDirectory(data).path).toBe(join(data, 'run'))
      expect(existsSync('/')).toBe(true)
    })
  },
)
