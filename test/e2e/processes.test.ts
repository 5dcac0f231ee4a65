// Two edge processes behind one address: what one has learned the other knows, and nobody is served what was taken back.

import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'bun:test'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { ACCOUNT_ID, processOf, type Several, startSeveral, until, ZONE } from '../support/edge/index.ts'
import {
  type ClientResponse,
  connect,
  get,
  makeScratch,
  makeSelfSigned,
  request,
  startEdgeProcess,
} from '../support/index.ts'

const TIME = 60_000
/** With a type, so that hits in memory take the short way, which looks at nothing but memory. */
const CACHED = [
  ['Cache-Control', 'public, max-age=3600'],
  ['Content-Type', 'text/css'],
] as const
const isHit = ({ cacheStatus }: ClientResponse): boolean => cacheStatus === 'HIT'
const numberOf = ({ text }: ClientResponse): number => Number.parseInt(text, 10)

/** An origin server that never says the same twice: the number of its answer is the content, and the path says how long. */
function countAnswers({ origin }: Several): void {
  let turn = 0
  origin.on('*', ({ path }) => {
    turn += 1
    return { fields: CACHED, body: `${turn} ${'x'.repeat(Number.parseInt(path.slice(1), 10) || 0)}` }
  })
}

const WORKER = `export default { async fetch(request) {
  const url = new URL(request.url)
  if (url.pathname === '/w/delete') return new Response(String(await caches.default.delete(url.origin + '/plain.css')))
  if (request.headers.get('upgrade') === 'websocket') {
    const [client, server] = Object.values(new WebSocketPair())
    server.accept()
    server.addEventListener('message', ({ data }) => server.send('echo ' + data))
    return new Response(null, { status: 101, webSocket: client })
  }
  if (request.method === 'POST') return new Response('got ' + (await request.text()))
  return Response.json(Object.fromEntries(request.headers))
} }`

function withWorker(folder: string) {
  const main = join(folder, 'worker.js')
  writeFileSync(main, WORKER)
  return { workers: [{ name: 'w', main, routes: [`${ZONE}/w/*`], compatibility_date: '2026-11-01' }] }
}

describe('two processes', () => {
  let several: Several
  beforeAll(async () => {
    several = await startSeveral({ more: withWorker, https: makeSelfSigned() })
  }, TIME)
  afterAll(() => several[Symbol.asyncDispose]())
  beforeEach(() => countAnswers(several))

  describe('what one stored', () => {
    test.each([
      ['a short body', '/0.css'],
      ['a body that is a file, in memory', '/50000.css'],
      ['a body that is a file', '/400000.css'],
    ])(
      '%s is a hit at the other',
      async (_, path) => {
        const before = several.origin.requests.length
        expect((await several.ask(path)).cacheStatus).toBe('MISS')
        await several.askBoth(path, isHit)
        const asked = several.origin.requests.length
        // The other may have been asked in the moment before it could know.
        expect(asked - before).toBeLessThanOrEqual(2)
        // Each may have one of its own for that moment; then the later one is everybody's.
        let answers: readonly ClientResponse[] = []
        await until('there is one copy', async () => {
          answers = await several.askMany(40, path)
          return new Set(answers.map(({ text }) => text)).size === 1
        })
        expect(new Set(answers.map(({ cacheStatus }) => cacheStatus))).toEqual(new Set(['HIT']))
        expect(new Set(answers.map(processOf)).size).toBe(2)
        expect(several.origin.requests.length).toBe(asked)
      },
      TIME,
    )

    test(
      'is there for whoever asks for an explanation right after',
      async () => {
        for (let n = 0; n < 6; n += 1) {
          await several.ask(`/explained.css?${n}`, [['Origin', 'https://a.example']])
          const url = `http://${ZONE}/explained.css?${n}`
          const explained = await several.api('POST', '/explain', { url, origin: 'https://a.example' })
          expect(explained).toMatchObject({ cache: { status: 'HIT' } })
        }
      },
      TIME,
    )
  })

  describe('what is taken back is gone in both when that is answered:', () => {
    test(
      'a purge',
      async () => {
        for (let round = 0; round < 8; round += 1) {
          await several.askBoth('/a.css', isHit)
          const old = numberOf(await several.ask('/a.css'))
          const body = round % 2 === 0 ? { purge_everything: true } : { files: [`http://${ZONE}/a.css`] }
          await several.api('POST', '/purge_cache', body)
          for (const answer of await several.askMany(30, '/a.css')) expect(numberOf(answer)).toBeGreaterThan(old)
        }
      },
      TIME,
    )

    test(
      'a purge, also of what is being fetched meanwhile',
      async () => {
        const gate = several.origin.hold('/held.css')
        const early = several.askMany(10, '/held.css')
        await gate.arrived(1)
        await several.api('POST', '/purge_cache', { purge_everything: true })
        gate.release()
        const last = Math.max(...(await early).map(numberOf))
        for (const answer of await several.askMany(30, '/held.css')) expect(numberOf(answer)).toBeGreaterThan(last)
      },
      TIME,
    )

    test(
      'what a request of an unsafe method has changed',
      async () => {
        for (let round = 0; round < 8; round += 1) {
          await several.askBoth('/b.css', isHit)
          const old = numberOf(await several.ask('/b.css'))
          const fields = [['Host', ZONE]] as const
          const changed = await request(`${several.edge.edgeUrl}/b.css`, { method: 'POST', fields, body: 'x' })
          expect(changed.status).toBe(200)
          for (const answer of await several.askMany(20, '/b.css')) expect(numberOf(answer)).toBeGreaterThan(old)
        }
      },
      TIME,
    )

    test(
      'what a Worker has deleted from the cache',
      async () => {
        for (let round = 0; round < 4; round += 1) {
          await several.askBoth('/plain.css', isHit)
          const old = numberOf(await several.ask('/plain.css'))
          expect((await several.ask('/w/delete')).status).toBe(200)
          for (const answer of await several.askMany(20, '/plain.css')) expect(numberOf(answer)).toBeGreaterThan(old)
        }
      },
      TIME,
    )

    test(
      'an older configuration',
      async () => {
        for (const ttl of [14_400, 7_200, 16_070_400, 31_536_000, 0]) {
          await several.api('PATCH', '/settings/browser_cache_ttl', { value: ttl })
          const answers = await several.askMany(16, '/configured.css')
          const expected = `public, max-age=${ttl === 0 ? 3_600 : ttl}`
          expect(new Set(answers.map((answer) => answer.field('cache-control')))).toEqual(new Set([expected]))
        }
      },
      TIME,
    )

    test(
      'a rule of the account',
      async () => {
        const path = `/accounts/${ACCOUNT_ID}/rulesets/phases/http_response_headers_transform/entrypoint`
        for (const value of ['one', 'two']) {
          const headers = { 'X-By': { operation: 'set', value } }
          await several.api('PUT', path, {
            rules: [{ expression: 'true', action: 'rewrite', action_parameters: { headers } }],
          })
          const answers = await several.askMany(16, '/ruled.css')
          expect(new Set(answers.map((answer) => answer.field('x-by')))).toEqual(new Set([value]))
        }
        await several.api('PUT', path, { rules: [] })
        for (const answer of await several.askMany(16, '/ruled.css')) expect(answer.field('x-by')).toBeUndefined()
      },
      TIME,
    )
  })

  describe('a script', () => {
    test(
      'answers through either, with what only the edge can say of a visitor',
      async () => {
        const seen = new Set<string>()
        const forged = [
          ['varyant-visitor', '{"scheme":"https","peer":"192.0.2.99","ray":"0"}'],
          ['CF-Connecting-IP', '192.0.2.99'],
          ['Connection', 'x-hop'],
          ['X-Hop', '1'],
        ] as const
        await until('both have passed a request on', async () => {
          const answer = await several.ask('/w/headers', forged)
          expect(answer.status).toBe(200)
          const told = answer.json as Record<string, unknown>
          expect(told).toMatchObject({ 'cf-connecting-ip': '127.0.0.1', host: ZONE, 'cf-ray': answer.field('cf-ray') })
          const { 'varyant-visitor': field, 'x-hop': hop, 'x-forwarded-proto': scheme } = told
          expect([field, hop, scheme]).toEqual([undefined, undefined, 'http'])
          seen.add(processOf(answer))
          return seen.size === 2
        })
      },
      TIME,
    )

    test(
      'is told that a visitor came by https, where its process shares that port',
      async () => {
        const seen = new Set<string>()
        await until('both have passed a request on', async () => {
          const answer = await get(`${several.edge.httpsUrl}/w/headers`, [['Host', ZONE]])
          expect(answer.json).toMatchObject({ 'x-forwarded-proto': 'https', 'cf-visitor': '{"scheme":"https"}' })
          seen.add(processOf(answer))
          return seen.size === 2
        })
      },
      TIME,
    )

    test(
      'gets content, and answers WebSockets',
      async () => {
        const fields = [['Host', ZONE]] as const
        const posted = await request(`${several.edge.edgeUrl}/w/post`, { method: 'POST', fields, body: 'hello' })
        expect(posted.text).toBe('got hello')
        const url = `${several.edge.edgeUrl.replace('http', 'ws')}/w/socket`
        const socket = new WebSocket(url, { headers: { Host: ZONE } })
        const heard = new Promise((resolve) => socket.addEventListener('message', ({ data }) => resolve(data)))
        socket.addEventListener('open', () => socket.send('hello'))
        expect(await heard).toBe('echo hello')
        socket.close()
      },
      TIME,
    )

    test(
      'that is routed away from answers nobody any more when the API has said so',
      async () => {
        expect((await several.ask('/w/headers')).field('content-type')).toBe('application/json')
        const routes = (await several.api('GET', '/workers/routes')) as readonly { readonly id: string }[]
        for (const { id } of routes) await several.api('DELETE', `/workers/routes/${id}`)
        const answers = await several.askMany(20, '/w/headers')
        expect(answers.filter((answer) => answer.field('content-type') === 'application/json')).toEqual([])
      },
      TIME,
    )
  })

  describe('a grant of CORS never goes to another Origin', () => {
    const ORIGINS = Array.from({ length: 12 }, (_, n) => `https://o${n}.example`)
    let answered = 0

    /** At first for everybody, on one path: what turns out to be for one Origin must take the shared copies back. */
    function grantTo(path: string, origin: string | undefined): readonly (readonly [string, string])[] {
      answered += 1
      if (path === '/later.js' && answered % 7 < 3) return [['Access-Control-Allow-Origin', '*']]
      return origin === undefined ? [] : [['Access-Control-Allow-Origin', origin]]
    }

    test.each(['per_origin', 'collapse'])(
      'with cors_variants %s',
      async (value) => {
        await several.api('PATCH', '/settings/cors_variants', { value })
        await several.api('POST', '/purge_cache', { purge_everything: true })
        several.origin.on('*', (asked) => ({
          fields: [...CACHED, ...grantTo(asked.path, asked.field('origin'))],
          body: 'x',
        }))
        for (const path of ['/reflected.js', '/later.js', '/other.js']) {
          const asked = [...ORIGINS, ...ORIGINS, ...ORIGINS]
          const answers = await Promise.all(asked.map((origin) => several.ask(path, [['Origin', origin]])))
          for (const [i, answer] of answers.entries()) {
            expect([asked[i], '*']).toContain(answer.field('access-control-allow-origin'))
          }
        }
      },
      TIME,
    )
  })

  test('nothing of all this was an unexpected failure or a damaged body', () => {
    expect(several.edge.stderr()).not.toMatch(/damaged|unexpected failure|failed in the background/)
  })
})

describe('a process that dies', () => {
  let several: Several
  beforeAll(async () => {
    several = await startSeveral()
    countAnswers(several)
  }, TIME)
  afterAll(() => several[Symbol.asyncDispose]())

  test(
    'is replaced; the other serves on, over its connections too, and nothing is damaged',
    async () => {
      const path = '/100000.css'
      await several.askBoth(path, isHit)
      const [victim = 0, ...others] = several.members()
      expect(others.length).toBe(1)
      const connections = await Promise.all(Array.from({ length: 12 }, () => connect(several.edge.edgeUrl)))
      const askAll = () =>
        Promise.all(
          connections.map(async (connection) => {
            await connection.request('GET', path, ZONE)
            return connection.readResponse().catch(() => undefined)
          }),
        )
      const processes = (await askAll()).map((answer) => (answer === undefined ? '' : processOf(answer)))
      expect(new Set(processes).size).toBe(2)
      let isOver = false
      // Fetches and writes go on while it dies.
      const load = (async () => {
        for (let n = 0; !isOver; n += 1) await several.ask(`${path}?${n % 50}`).catch(() => undefined)
      })()
      process.kill(victim, 'SIGKILL')
      await until('another has taken its place', () => {
        const now = several.members()
        return now.length === 2 && !now.includes(victim)
      })
      await until('the new one answers with what was stored', async () => {
        const answer = await several.ask(path).catch(() => undefined)
        return answer !== undefined && !processes.includes(processOf(answer)) && isHit(answer)
      })
      isOver = true
      await load
      const after = await askAll()
      // All connections of the one that died are gone, and none of the other's.
      expect(new Set(processes.filter((_, i) => after[i] !== undefined)).size).toBe(1)
      expect(new Set(processes.filter((_, i) => after[i] === undefined)).size).toBe(1)
      for (let n = 0; n < 50; n += 1) {
        const { text } = await several.ask(`${path}?${n}`)
        expect(text.slice(text.indexOf(' ') + 1).length).toBe(100_000)
      }
      expect(several.edge.stderr()).not.toContain('damaged')
      await several.api('POST', '/purge_cache', { purge_everything: true })
      expect(new Set((await several.askMany(20, path)).map(({ status }) => status))).toEqual(new Set([200]))
    },
    TIME,
  )

  test(
    'a stopped one is killed rather than waited for: nobody is served by the older configuration',
    async () => {
      const [stuck = 0] = several.members()
      process.kill(stuck, 'SIGSTOP')
      await several.api('PATCH', '/settings/browser_cache_ttl', { value: 7_200 })
      expect(several.members()).not.toContain(stuck)
      const answers = await several.askMany(16, '/configured.css')
      expect(new Set(answers.map((answer) => answer.field('cache-control')))).toEqual(new Set(['public, max-age=7200']))
    },
    TIME,
  )

  test(
    'the control process takes the others with it, and a new start finds what was stored',
    async () => {
      await until('both are there again', () => several.members().length === 2)
      await several.askBoth('/kept.css', isHit)
      const members = several.members()
      await several.edge.stop('SIGKILL')
      await until('they are gone', () => members.every((pid) => !isAlive(pid)))
      await using again = await startEdgeProcess({ args: ['--config', join(several.folder, 'varyant.json')] })
      const answer = await request(`${again.edgeUrl}/kept.css`, { fields: [['Host', ZONE]] })
      expect(isHit(answer)).toBe(true)
    },
    TIME,
  )
})

test(
  'a stop lets both processes finish what is under way, exits 0, leaves nobody, and a whole line of log for each',
  async () => {
    await using several = await startSeveral()
    countAnswers(several)
    const long = await several.askMany(30, `/a.css?${'y'.repeat(6_000)}`)
    const gate = several.origin.hold('/slow.css')
    const slow = Array.from({ length: 12 }, (_, n) => several.ask(`/slow.css?${n}`))
    await gate.arrived(12)
    const members = several.members()
    const stopped = several.edge.stop('SIGTERM')
    gate.release()
    const answers = await Promise.all(slow)
    expect(new Set(answers.map(processOf)).size).toBe(2)
    expect(answers.every(({ status }) => status === 200)).toBe(true)
    expect(await stopped).toBe(0)
    expect(members.filter(isAlive)).toEqual([])
    expect(several.edge.stdout.length).toBe(1)
    const lines = several.edge.stderr().split('\n')
    const logged = lines.filter((line) => line.includes('"ray"')).map((line) => JSON.parse(line).ray)
    expect(new Set(logged)).toEqual(new Set([...long, ...answers].map((answer) => answer.field('cf-ray'))))
  },
  TIME,
)

test(
  'a start fails with a sentence when another program has the port',
  async () => {
    const other = Bun.serve({ hostname: '127.0.0.1', port: 0, reusePort: true, fetch: () => new Response('other') })
    const { port } = other
    await using scratch = await makeScratch()
    const config = join(scratch.path, 'varyant.json')
    const edge = { http: `127.0.0.1:${port}`, processes: 2 }
    writeFileSync(config, JSON.stringify({ edge, api: { listen: '127.0.0.1:0' }, data: join(scratch.path, 'data') }))
    const failure = await startEdgeProcess({ args: ['--config', config] }).catch(String)
    await other.stop(true)
    expect(String(failure)).toContain(`the edge cannot listen on 127.0.0.1:${port}: another program does`)
  },
  TIME,
)

/** Whether a process runs: one that ended and was not yet asked how has no command line any more. */
function isAlive(pid: number): boolean {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8') !== ''
  } catch {
    return false
  }
}
