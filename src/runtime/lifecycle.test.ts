// Processes: none before the first visit, replaced without loss when scripts change, ended when a script holds the processor
// or its memory, and started again.

import { describe, expect, test } from 'bun:test'
import { getPriority } from 'node:os'
import { setTimeout as wait } from 'node:timers/promises'
import { bytes, makeFakeClock, millis } from '../base/index.ts'
import type { Script } from '../scripts/index.ts'
import type { ScriptedZone } from './contract.ts'
import { makeScript, makeVisit, makeZone, startRuntime, type TestRuntime, told, workerds } from './runtime.fixture.ts'
import { OFF_MILLIS } from './strikes.ts'

const saying = (text: string): Script =>
  makeScript(`export default { fetch: () => new Response(${JSON.stringify(text)}) }`, { name: text })
const SPINS = `export default { async fetch(request) {
  if (new URL(request.url).pathname === '/spin') while (true) {}
  return new Response('fine') } }`

const ask = (edge: TestRuntime, zone: ScriptedZone, path = '/', parts = {}) =>
  told(edge.runtime.dispatch(makeVisit(zone, `http://${zone.name}${path}`, parts)))

const noticesOf = ({ reported }: TestRuntime): string[] =>
  reported.flatMap((event) => (event.kind === 'notice' ? [event.message] : []))

describe('a new version', () => {
  test('serves the next visit', async () => {
    await using edge = startRuntime([makeZone('example.com', saying('old'))])
    const old = makeZone('example.com', saying('old'))
    edge.runtime.apply({ zones: [old] })
    expect(await ask(edge, old)).toEqual([200, 'old'])
    const next = makeZone('example.com', saying('new'))
    edge.runtime.apply({ zones: [next] })
    expect(await ask(edge, next)).toEqual([200, 'new'])
  })

  test('lets a visit that is under way end with the version that it began with', async () => {
    const streamer = makeScript(`export default { async fetch() {
      const { readable, writable } = new TransformStream()
      const w = writable.getWriter()
      const e = new TextEncoder()
      ;(async () => { await w.write(e.encode('begun ')); await fetch('https://example.net/gate'); await w.write(e.encode('and ended')); w.close() })()
      return new Response(readable) } }`)
    const old = makeZone('example.com', streamer)
    await using edge = startRuntime([old])
    const gate = Promise.withResolvers<void>()
    edge.answer = async () => {
      await gate.promise
      return new Response(null)
    }
    const outcome = await edge.runtime.dispatch(makeVisit(old, 'http://example.com/'))
    if (outcome.kind === 'failed') throw new Error(outcome.fault)
    const next = makeZone('example.com', saying('new'))
    edge.runtime.apply({ zones: [next] })
    expect(await ask(edge, next)).toEqual([200, 'new'])
    gate.resolve()
    expect(await outcome.response.text()).toBe('begun and ended')
  })

  test('after version loses no request of a steady stream, and none is served by an older one', async () => {
    const version = (n: number): Script => ({ ...saying(String(n)), name: 'steady' })
    let zone = makeZone('example.com', version(0))
    await using edge = startRuntime([zone])
    await ask(edge, zone)
    const outcomes: Promise<readonly unknown[]>[] = []
    for (let round = 1; round <= 8; round += 1) {
      zone = makeZone('example.com', version(round))
      edge.runtime.apply({ zones: [zone] })
      for (let n = 0; n < 25; n += 1) {
        outcomes.push(ask(edge, zone).then((outcome) => [...outcome, round]))
        await wait(1)
      }
    }
    for (const [status, text, round] of await Promise.all(outcomes)) {
      expect(status).toBe(200)
      expect(Number(text)).toBeGreaterThanOrEqual(Number(round))
    }
  })

  test('of one zone leaves the process of another alone', async () => {
    const counting = makeScript('let n = 0; export default { fetch: () => new Response(String(++n)) }')
    const other = makeZone('example.org', counting)
    await using edge = startRuntime([other])
    expect(await ask(edge, other)).toEqual([200, '1'])
    edge.runtime.apply({ zones: [other, makeZone('example.com', saying('x'))] })
    expect(await ask(edge, other)).toEqual([200, '2'])
  })
})

describe('a script that holds the processor', () => {
  test('is ended, while another zone serves; then it serves again', async () => {
    const zone = makeZone('example.com', makeScript(SPINS, { name: 'spinner' }))
    const other = makeZone('example.org', saying('other'))
    await using edge = startRuntime([zone, other])
    await Promise.all([ask(edge, zone), ask(edge, other)])
    let isSpinning = true
    const spinning = ask(edge, zone, '/spin').finally(() => {
      isSpinning = false
    })
    let served = 0
    while (isSpinning) {
      expect(await ask(edge, other)).toEqual([200, 'other'])
      served += 1
      await wait(5)
    }
    expect(await spinning).toEqual(['worker-limit'])
    expect(served).toBeGreaterThan(5)
    expect(await ask(edge, zone)).toEqual([200, 'fine'])
    expect(noticesOf(edge)).toEqual([expect.stringContaining('held the processor without end (spinner)')])
  })

  test('is behind others from soon after it began, and beside them again when it lets go in time', async () => {
    const zone = makeZone(
      'example.com',
      makeScript(`export default { fetch(r) {
        const until = Date.now() + (r.url.endsWith('/spin') ? 60_000 : 300)
        while (Date.now() < until) {}
        return new Response('done') } }`),
    )
    await using edge = startRuntime([zone])
    expect(await ask(edge, zone)).toEqual([200, 'done'])
    const [pid = 0] = workerds()
    // Only who is privileged may put it back.
    if (process.getuid?.() === 0) {
      for (let turn = 0; turn < 400 && getPriority(pid) !== getPriority(); turn += 1) await wait(5)
      expect(getPriority(pid)).toBe(getPriority())
    }
    const spinning = ask(edge, zone, '/spin')
    const seen = new Set<number>()
    const priorityOf = (): number | undefined => {
      try {
        return getPriority(pid)
      } catch {
        return undefined
      }
    }
    for (let now = priorityOf(); now !== undefined && !seen.has(Math.min(19, getPriority() + 10)); now = priorityOf()) {
      seen.add(now)
      await wait(5)
    }
    expect([...seen]).toContain(Math.min(19, getPriority() + 10))
    expect(await spinning).toEqual(['worker-limit'])
  }, 20_000)

  test('does not take along the visits of a neighbour in its process: they are repeated', async () => {
    const waits = makeScript("export default { fetch: () => fetch('https://example.net/slow') }", { name: 'waits' })
    const spins = makeScript(SPINS, { name: 'spins' })
    const both = makeZone('example.com', spins)
    const zone: ScriptedZone = { ...both, scripts: both.scripts && { ...both.scripts, workers: [waits, spins] } }
    await using edge = startRuntime([zone])
    let asked = 0
    edge.answer = () => {
      asked += 1
      return asked === 1 ? new Promise<Response>(() => undefined) : new Response('repeated')
    }
    const waiting = ask(edge, zone, '/', { stages: [waits] })
    while (asked === 0) await wait(1)
    expect(await ask(edge, zone, '/spin', { stages: [spins] })).toEqual(['worker-limit'])
    expect(await waiting).toEqual([200, 'repeated'])
  })

  test('three times in a row is switched off for a while', async () => {
    const clock = makeFakeClock(0)
    const zone = makeZone('example.com', makeScript(SPINS))
    await using edge = startRuntime([zone], { clock })
    for (let strike = 1; strike <= 3; strike += 1) expect(await ask(edge, zone, '/spin')).toEqual(['worker-limit'])
    expect(await ask(edge, zone)).toEqual(['worker-limit'])
    expect(noticesOf(edge).at(-1)).toContain('switched off for a while: script')
    clock.advance(OFF_MILLIS)
    expect(await ask(edge, zone)).toEqual([200, 'fine'])
  }, 20_000)
})

describe('a process that ends', () => {
  test('because a heap is full fails the visit that filled it, and is there for the next', async () => {
    const zone = makeZone(
      'example.com',
      makeScript(`export default { fetch(r) {
        if (!r.url.endsWith('/eat')) return new Response('fine')
        const all = []; for (;;) all.push(new Array(100000).fill(all.length)) } }`),
    )
    await using edge = startRuntime([zone])
    expect(await ask(edge, zone, '/eat')).toEqual(['worker-limit'])
    expect(await ask(edge, zone)).toEqual([200, 'fine'])
  }, 20_000)

  test('because somebody killed it costs a GET nothing', async () => {
    const zone = makeZone('example.com', makeScript("export default { fetch: () => fetch('https://example.net/') }"))
    await using edge = startRuntime([zone])
    let asked = 0
    edge.answer = () => {
      asked += 1
      if (asked > 1) return new Response('second try')
      killCaller()
      return new Promise<Response>(() => undefined)
    }
    expect(await ask(edge, zone)).toEqual([200, 'second try'])
  })

  test('is not waited for by a POST: nobody knows what it has done', async () => {
    const zone = makeZone('example.com', makeScript("export default { fetch: () => fetch('https://example.net/') }"))
    await using edge = startRuntime([zone])
    edge.answer = () => {
      killCaller()
      return new Promise<Response>(() => undefined)
    }
    expect(await ask(edge, zone, '/', { method: 'POST', body: new Response('x').body })).toEqual(['worker-unavailable'])
  })
})

/** Kills the only workerd that this process has started. */
function killCaller(): void {
  for (const pid of workerds()) process.kill(pid, 'SIGKILL')
}

describe('tail', () => {
  test('tells a listener of logs and exceptions, and costs nothing before and after', async () => {
    const zone = makeZone(
      'example.com',
      makeScript('export default { fetch() { console.log("hello", 1); return new Response("x") } }'),
    )
    await using edge = startRuntime([zone])
    await ask(edge, zone)
    const told = Promise.withResolvers<Readonly<Record<string, unknown>>>()
    const stop = edge.runtime.tail('script', ([item]) => item !== undefined && told.resolve(item))
    await ask(edge, zone)
    while ((await Promise.race([told.promise, wait(50)])) === undefined) await ask(edge, zone)
    stop()
    expect(await told.promise).toMatchObject({
      scriptName: 'script',
      outcome: 'ok',
      logs: [{ level: 'log', message: ['hello', 1] }],
      event: { request: { url: 'http://example.com/', method: 'GET' } },
    })
  })
})

test('a process that nobody visits ends, and is there again for the next visit', async () => {
  const zone = makeZone('example.com', saying('x'))
  await using edge = startRuntime([zone], { idleAfter: millis(100) })
  expect(await ask(edge, zone)).toEqual([200, 'x'])
  while (workerds().length > 0) await wait(50)
  expect(await ask(edge, zone)).toEqual([200, 'x'])
}, 20_000)

test('a process that has become too large is replaced, and no visit notices', async () => {
  const zone = makeZone('example.com', saying('x'))
  await using edge = startRuntime([zone], { recycleAt: bytes(1) })
  expect(await ask(edge, zone)).toEqual([200, 'x'])
  const [first = 0] = workerds()
  while (workerds().includes(first)) {
    expect(await ask(edge, zone)).toEqual([200, 'x'])
    await wait(20)
  }
}, 20_000)

test('nothing runs before the first visit, nor after the end', async () => {
  const count = (): number => workerds().length
  const before = count()
  const zone = makeZone('example.com', saying('x'))
  {
    await using edge = startRuntime([zone])
    expect(count()).toBe(before)
    await ask(edge, zone)
    expect(count()).toBe(before + 1)
  }
  expect(count()).toBe(before)
})

test('without workerd every visit and every check says why', async () => {
  await using edge = startRuntime([], { workerd: { kind: 'absent', why: 'Workers and Snippets are off: no binary' } })
  const zone = makeZone('example.com', saying('x'))
  expect(edge.runtime.unavailable).toContain('are off')
  expect(await edge.runtime.dispatch(makeVisit(zone, 'http://example.com/'))).toMatchObject({
    fault: 'worker-unavailable',
    detail: expect.stringContaining('no binary'),
  })
  expect(await edge.runtime.validate(saying('x'))).toEqual({
    ok: false,
    problem: { message: expect.stringContaining('no binary') },
  })
})
