// `npm run shield`: a flood of made-up Origins against a URL that reflects them, through a real edge and a real origin.
//
//   node scripts/bun.js bench/shield.ts [ORIGINS]      1,000,000 when not said
//
// A hundred Origins that were there before must keep their hits, memory must not grow with the flood, and a hit must cost
// at its end what it cost at its beginning.  Exits 1 when one of them does not hold.

import { rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { resolveConfig } from '../src/config/index.ts'
import { startVaryant } from '../src/main.ts'

const FLOOD = Number(process.argv[2] ?? 1_000_000)
const KNOWN = 100
const BATCH = 64
/** How often the known Origins ask during the flood. */
const ROUNDS = 100
const MAX_LOST_SHARE = 0.01
const MAX_GROWTH_BYTES = 64 * 1024 * 1024

const origin = Bun.serve({
  hostname: '127.0.0.1',
  port: 0,
  fetch: (request) =>
    new Response('x'.repeat(1024), {
      headers: {
        'cache-control': 'max-age=86400',
        'content-type': 'text/css',
        'access-control-allow-origin': request.headers.get('origin') ?? '*',
      },
    }),
})
const data = join(tmpdir(), `varyant-shield-${process.pid}`)
const config = resolveConfig({
  edge: { http: '127.0.0.1:0', access_log: false },
  api: { listen: '127.0.0.1:0' },
  data,
  zones: [{ name: 'shield.example', origins: { '*': origin.url.origin } }],
})
const edge = await startVaryant({ config, token: 'shield' })

async function ask(name: string): Promise<{ hit: boolean; right: boolean }> {
  const answer = await fetch(`${edge.edgeUrl}/f.css`, {
    headers: { host: 'shield.example', origin: `https://${name}.example` },
  })
  await answer.arrayBuffer()
  return {
    hit: answer.headers.get('cf-cache-status') === 'HIT',
    right: answer.headers.get('access-control-allow-origin') === `https://${name}.example`,
  }
}

async function askKnown(): Promise<{ hits: number; wrong: number; micros: number }> {
  const began = Bun.nanoseconds()
  let [hits, wrong] = [0, 0]
  for (let i = 0; i < KNOWN; i += 1) {
    const { hit, right } = await ask(`known-${i}`)
    if (hit) hits += 1
    if (!right) wrong += 1
  }
  return { hits, wrong, micros: (Bun.nanoseconds() - began) / 1000 / KNOWN }
}

function resident(): number {
  Bun.gc(true)
  return process.memoryUsage().rss
}

await askKnown()
for (let i = 0; i < 20; i += 1) await askKnown()
const before = await askKnown()
// The first part of the flood warms everything that has a fixed size.
let sent = 0
async function flood(count: number): Promise<void> {
  for (let done = 0; done < count; done += BATCH) {
    await Promise.all(Array.from({ length: Math.min(BATCH, count - done) }, () => ask(crypto.randomUUID())))
  }
  sent += count
}
await flood(Math.min(FLOOD / 10, 20_000))
const start = resident()
let [hits, wrong] = [0, 0]
let micros = Number.POSITIVE_INFINITY
for (let round = 0; round < ROUNDS; round += 1) {
  await flood(Math.ceil((FLOOD - sent) / (ROUNDS - round)))
  const known = await askKnown()
  hits += known.hits
  wrong += known.wrong
  micros = Math.min(micros, known.micros)
}
const grown = resident() - start
const ratio = hits / (KNOWN * ROUNDS)
console.log(`made-up Origins         ${sent}`)
console.log(`hits of known Origins   ${before.hits} of ${KNOWN} before, ${(ratio * 100).toFixed(2)} % during`)
console.log(`wrong grants            ${wrong}`)
console.log(
  `a known Origin's hit    ${before.micros.toFixed(0)} us before, ${micros.toFixed(0)} us at best during (with fetch and sockets)`,
)
console.log(
  `resident memory         ${(start / 1e6).toFixed(0)} MB, ${(grown / 1e6).toFixed(1)} MB more after the flood`,
)
await edge.stop()
await origin.stop(true)
rmSync(data, { recursive: true, force: true })
const holds = wrong === 0 && ratio >= (before.hits / KNOWN) * (1 - MAX_LOST_SHARE) && grown <= MAX_GROWTH_BYTES
process.exit(holds ? 0 : 1)
