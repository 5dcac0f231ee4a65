// The process that `crash.test.ts` kills: stores, replaces and removes without end in the directory it is given, and
// says on stdout what it has made durable.
//
//   flushed <key> <digest>     a look-up after this must find the key, with this body or a later one
//   gone <key>                 a look-up after this must not find it

import { bytes } from '../../base/index.ts'
import { makeBytes, storeResponse } from './store.fixture.ts'
import { makeTieredStore } from './tiered.ts'

const LENGTHS = [0, 300, 9000, 16_384, 16_385, 60_000, 262_145, 900_000]

const [directory = '', run = ''] = process.argv.slice(2)
const store = makeTieredStore({
  directory,
  memoryLimit: bytes(2 * 1024 * 1024),
  diskLimit: bytes(64 * 1024 * 1024),
  events: (event) => process.stderr.write(`${JSON.stringify(event)}\n`),
})

for (let round = 0; ; round += 1) {
  const lines: string[] = []
  for (const [i, length] of LENGTHS.entries()) {
    const key = `run-${run}/round-${round % 40}/${i}`
    const body = makeBytes(length, round * 16 + i)
    const variant = await storeResponse(store, body, { key })
    if (i === round % LENGTHS.length) {
      store.remove(variant)
      lines.push(`gone ${key}`)
    } else lines.push(`flushed ${key} ${variant.response.body.digest}`)
  }
  if (round % 3 === 0) {
    await store.flush()
    process.stdout.write(`${lines.join('\n')}\n`)
  }
}
