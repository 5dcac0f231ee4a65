// What the API acknowledged survives kill -9, whatever was being written: the serving process itself is killed in the
// middle of many writers, several times over one data directory, and each start finds every acknowledged change, and of
// each other one the whole or nothing.

import { expect, test } from 'bun:test'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { zoneId } from '../support/edge/index.ts'
import { type EdgeProcess, makeScratch, request, startEdgeProcess, startOrigin } from '../support/index.ts'

const ZONE = `/zones/${zoneId('localhost')}`
const ENTRY_POINT = `${ZONE}/rulesets/phases/http_request_cache_settings/entrypoint`
const CACHE_PURGE = 'e17beae8b8cb423a99b1730f21238bed'

type Json = Record<string, unknown>

/** The result of a call, or undefined when the edge was gone before it answered. */
async function call(edge: EdgeProcess, method: string, path: string, body?: unknown, token = edge.token) {
  const answer = await request(`${edge.apiUrl}/client/v4${path}`, {
    method,
    fields: [
      ['Authorization', `Bearer ${token}`],
      ['Content-Type', 'application/json'],
    ],
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  }).catch(() => undefined)
  if (answer === undefined || answer.text === '') return undefined
  const { success, result, errors } = JSON.parse(answer.text)
  if (success !== true) throw new Error(`${method} ${path}: ${JSON.stringify(errors)}`)
  return result
}

/** A thing that is changed again and again: how, and what a start must find when the nth change was acknowledged. */
type Writer = {
  readonly name: string
  write(edge: EdgeProcess, n: number): Promise<unknown>
  /** The number of the change that is in force, and a failure of the test when it is half of one. */
  read(edge: EdgeProcess, upTo: number): Promise<number>
}

const tokens = new Map<number, string>()

const WRITERS: readonly Writer[] = [
  {
    name: 'a setting',
    write: (edge, n) => call(edge, 'PATCH', `${ZONE}/settings/proxy_read_timeout`, { value: n + 1 }),
    read: async (edge) => Number((await call(edge, 'GET', `${ZONE}/settings/proxy_read_timeout`))?.value) - 1,
  },
  {
    name: 'a ruleset with its versions',
    write: (edge, n) => call(edge, 'PUT', ENTRY_POINT, { description: String(n), rules: [rule(n, 'a'), rule(n, 'b')] }),
    read: async (edge) => {
      const ruleset: Json = await call(edge, 'GET', ENTRY_POINT)
      const rules = ruleset.rules as readonly Json[]
      expect(rules.map(({ description }) => description)).toEqual([ruleset.description, ruleset.description])
      const versions: readonly Json[] = await call(edge, 'GET', `${ENTRY_POINT}/versions`)
      expect(versions.map(({ version }) => version)).toEqual(versions.map((_, index) => String(index + 1)))
      expect(versions.at(-1)?.version).toBe(ruleset.version)
      return Number(ruleset.description)
    },
  },
  {
    name: 'records in pairs',
    write: (edge, n) => call(edge, 'POST', `${ZONE}/dns_records/batch`, { posts: [txt(`a${n}`), txt(`b${n}`)] }),
    read: async (edge, upTo) => {
      const records: readonly Json[] = await call(edge, 'GET', `${ZONE}/dns_records?per_page=5000`)
      const names = new Set(records.map(({ name }) => String(name)))
      const pairs = Array.from({ length: upTo + 2 }, (_, n) => ['a', 'b'].map((letter) => `${letter}${n}.localhost`))
      for (const [a = '', b = ''] of pairs) expect([a, names.has(a)]).toEqual([a, names.has(b)])
      return pairs.filter(([a = '']) => names.has(a)).length - 1
    },
  },
  {
    name: 'tokens',
    write: async (edge, n) => {
      const resources = { [`com.cloudflare.api.account.zone.${zoneId('localhost')}`]: '*' }
      const policies = [{ effect: 'allow', resources, permission_groups: [{ id: CACHE_PURGE }] }]
      const made: Json | undefined = await call(edge, 'POST', '/user/tokens', { name: `t${n}`, policies })
      if (made !== undefined) tokens.set(n, String(made.value))
      return made
    },
    read: async (edge, upTo) => {
      for (let n = 0; n <= upTo; n += 1) {
        const verified = await call(edge, 'GET', '/user/tokens/verify', undefined, tokens.get(n))
        expect([n, verified?.status]).toEqual([n, 'active'])
      }
      return upTo
    },
  },
]

function rule(n: number, ref: string): Json {
  const action_parameters = { cache: true, edge_ttl: { mode: 'override_origin', default: 1 + n } }
  return { action: 'set_cache_settings', expression: 'true', ref, description: String(n), action_parameters }
}

function txt(name: string): Json {
  return { name, type: 'TXT', content: 'x' }
}

/** Ends the serving process, not only the launcher that would tell it to end. */
function kill({ pid }: EdgeProcess): void {
  const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ').filter(Boolean)
  for (const child of children) process.kill(Number(child), 'SIGKILL')
}

test('every acknowledged change survives a kill in the middle of others', async () => {
  await using scratch = await makeScratch()
  await using origin = await startOrigin()
  const listen = ['--origin', origin.url, '--listen', '127.0.0.1:0', '--api', '127.0.0.1:0']
  const start = () => startEdgeProcess({ args: [...listen, '--data', join(scratch.path, 'data')] })
  /** The last acknowledged change of each writer. */
  const acknowledged = WRITERS.map(() => -1)

  for (const killAfter of [1, 17, 40, 90]) {
    await using edge = await start()
    let count = 0
    const work = WRITERS.map(async (writer, index) => {
      for (let n = (acknowledged[index] ?? -1) + 1; ; n += 1) {
        // One that was kept and not acknowledged is there already: records of one name and content are.
        const done = await writer.write(edge, n).catch((cause: unknown) => {
          if (String(cause).includes('81058')) return 'there already'
          throw cause
        })
        if (done === undefined) return
        acknowledged[index] = n
        count += 1
        if (count === killAfter) kill(edge)
      }
    })
    await Promise.all(work)
    await edge.exited

    await using again = await start()
    for (const [index, writer] of WRITERS.entries()) {
      const last = acknowledged[index] ?? -1
      // Of a writer that nothing was acknowledged to, nothing need be there.
      if (last < 0) continue
      const found = await writer.read(again, last)
      // The one under way may have been kept, or not.
      expect([writer.name, found >= last && found <= last + 1, found, last]).toEqual([writer.name, true, found, last])
    }
  }
  expect(Math.min(...acknowledged)).toBeGreaterThan(10)
}, 60_000)
