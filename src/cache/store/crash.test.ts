// What is left after `kill -9`: whole bodies only, and all that was durable.

import { Database } from 'bun:sqlite'
import { afterAll, describe, expect, test } from 'bun:test'
import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { bytes, type EdgeEvent } from '../../base/index.ts'
import type { CacheStore } from './contract.ts'
import { MAX_INLINE_BODY_BYTES } from './limits.ts'
import { makeBytes, readContent, sha256, storeResponse } from './store.fixture.ts'
import { makeTieredStore } from './tiered.ts'

const KILLS = 6
const FIXTURE = join(import.meta.dir, 'crash.fixture.ts')

const root = mkdtempSync(join(tmpdir(), 'varyant-crash-'))
afterAll(() => rmSync(root, { recursive: true, force: true }))

function openStore(directory: string, events: EdgeEvent[]): CacheStore {
  return makeTieredStore({
    directory,
    memoryLimit: bytes(64 * 1024 * 1024),
    diskLimit: bytes(64 * 1024 * 1024),
    events: (event) => events.push(event),
  })
}

/** Lets the fixture run until it has said `lines` lines and `millis` have passed, then kills it; answers the lines. */
async function runAndKill(directory: string, run: number, millis: number): Promise<string[]> {
  const child = Bun.spawn([process.execPath, FIXTURE, directory, `${run}`], { stdout: 'pipe', stderr: 'inherit' })
  const reader = child.stdout.getReader()
  const decoder = new TextDecoder()
  let said = decoder.decode((await reader.read()).value)
  const killed = new Promise<void>((resolve) => setTimeout(resolve, millis)).then(() => child.kill('SIGKILL'))
  for (let next = await reader.read(); !next.done; next = await reader.read()) said += decoder.decode(next.value)
  await killed
  await child.exited
  return said.slice(0, said.lastIndexOf('\n')).split('\n')
}

/** Whether what the fixture said still holds: a key may have been stored anew or evicted since, never torn. */
function checkPromises(lines: readonly string[], store: CacheStore): void {
  const last = new Map<string, string>()
  for (const line of lines) last.set(line.split(' ')[1] as string, line)
  // The rounds behind the last promise may have touched the same keys: only the latest promises are certain.
  for (const line of [...last.values()].slice(-8)) {
    const [kind, key = '', digest] = line.split(' ')
    const found = store.find(key)?.variants[0]?.response.body.digest
    if (kind === 'flushed') expect({ key, digest: found }).toEqual({ key, digest })
    else expect({ key, digest: found }).toEqual({ key, digest: undefined })
  }
}

async function checkBodies(store: CacheStore): Promise<Set<string>> {
  const files = new Set<string>()
  for (const response of [...store.responses()]) {
    const variant = store.find(response.key)?.variants.find(({ response: { id } }) => id === response.id)
    if (variant === undefined) throw new Error(`${response.key} is listed and cannot be found`)
    const body = await readContent(store, variant)
    expect(body && sha256(body)).toBe(response.body.digest)
    if (response.body.length > MAX_INLINE_BODY_BYTES) files.add(response.body.digest)
  }
  return files
}

function files(directory: string): Set<string> {
  const blobs = join(directory, 'blobs')
  const bodies = readdirSync(blobs).flatMap((shard) => readdirSync(join(blobs, shard)))
  return new Set([...bodies, ...readdirSync(join(directory, 'tmp'))])
}

describe('after a kill', () => {
  test('a start finds what was durable, whole, and clears away the rest', async () => {
    const directory = join(root, 'kills')
    let orphans = 0
    for (let run = 0; run < KILLS; run += 1) {
      const lines = await runAndKill(directory, run, 20 + Math.random() * 300)
      const left = files(directory)
      const events: EdgeEvent[] = []
      const store = openStore(directory, events)
      checkPromises(lines, store)
      const stored = await checkBodies(store)
      orphans += left.difference(stored).size
      const deadline = performance.now() + 2000
      while (files(directory).difference(stored).size > 0 && performance.now() < deadline) await Bun.sleep(5)
      expect(files(directory)).toEqual(stored)
      expect(events).toEqual([])
      await store.close()
    }
    // Else the kills came at moments at which nothing could have gone wrong.
    expect(orphans).toBeGreaterThan(0)
  }, 20_000)

  test('a response is durable within three seconds, without a flush', async () => {
    const directory = join(root, 'durable')
    const store = openStore(directory, [])
    for (const length of [100, 100_000, 1_000_000]) {
      const { response } = await storeResponse(store, makeBytes(length, 1))
      const since = performance.now()
      const index = new Database(join(directory, 'index.sqlite'), { readonly: true })
      const row = index.query('SELECT 1 FROM variants WHERE key = ?1')
      while (row.get(response.key) === null && performance.now() - since < 3000) await Bun.sleep(10)
      expect(row.get(response.key)).not.toBeNull()
      index.close()
    }
    await store.close()
  })
})
