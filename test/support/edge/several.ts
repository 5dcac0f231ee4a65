// `varyant start` with two edge processes behind one address, an origin server that a test plays, and what tells the two apart.

import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import {
  type Certificate,
  type ClientResponse,
  type EdgeProcess,
  type FieldLine,
  get,
  makeScratch,
  type Origin,
  request,
  startEdgeProcess,
  startOrigin,
} from '../index.ts'
import { zoneId } from './edge.ts'
import { until, ZONE } from './scene.ts'

export type Several = {
  readonly edge: EdgeProcess
  readonly origin: Origin
  /** The folder that goes with it. */
  readonly folder: string
  /** GET over a connection of its own. */
  ask(target: string, fields?: readonly FieldLine[]): Promise<ClientResponse>
  /** So many of them at once. */
  askMany(count: number, target: string, fields?: readonly FieldLine[]): Promise<readonly ClientResponse[]>
  /** Answers when both processes have answered so; the answers are those that did. */
  askBoth(target: string, holds: (answer: ClientResponse) => boolean, fields?: readonly FieldLine[]): Promise<void>
  /** A call to the API that must succeed; its result.  The path is below the zone, or one of the account. */
  api(method: string, path: string, body?: unknown): Promise<unknown>
  /** Process ids of the members, as the system has them now. */
  members(): readonly number[]
  [Symbol.asyncDispose](): Promise<void>
}

export type SeveralOptions = {
  readonly settings?: Readonly<Record<string, unknown>>
  /** Further members of the zone, as a function of the folder. */
  readonly more?: (folder: string) => Readonly<Record<string, unknown>>
  /** Serves by TLS too. */
  readonly https?: Certificate
}

/** Which process answered: ray ids begin with eight digits of its own. */
export function processOf(answer: ClientResponse): string {
  return answer.field('cf-ray')?.slice(0, 8) ?? ''
}

export async function startSeveral(options: SeveralOptions = {}): Promise<Several> {
  const scratch = await makeScratch()
  const origin = await startOrigin()
  const { settings = { browser_cache_ttl: 0 }, more = () => ({}), https } = options
  const json = {
    edge: { http: '127.0.0.1:0', processes: 2, ...(https && withTls(scratch.path, https)) },
    api: { listen: '127.0.0.1:0', purge_rate_limit: 'off' },
    data: join(scratch.path, 'data'),
    zones: [{ name: ZONE, origins: { '*': origin.url, [ZONE]: origin.url }, settings, ...more(scratch.path) }],
  }
  const file = join(scratch.path, 'varyant.json')
  writeFileSync(file, JSON.stringify(json))
  const edge = await startEdgeProcess({ args: ['--config', file] })
  const ask: Several['ask'] = (target, fields = []) => get(`${edge.edgeUrl}${target}`, [['Host', ZONE], ...fields])
  return {
    ...{ edge, origin, folder: scratch.path, ask },
    askMany: (count, target, fields) => Promise.all(Array.from({ length: count }, () => ask(target, fields))),
    askBoth: async (target, holds, fields) => {
      const seen = new Set<string>()
      await until(`both processes have answered ${target} so`, async () => {
        const answer = await ask(target, fields)
        if (holds(answer)) seen.add(processOf(answer))
        return seen.size === 2
      })
    },
    api: (method, path, body) => call(edge, method, path, body),
    members: () => membersBelow(edge.pid),
    [Symbol.asyncDispose]: async () => {
      await edge[Symbol.asyncDispose]()
      await origin[Symbol.asyncDispose]()
      await scratch[Symbol.asyncDispose]()
    },
  }
}

function withTls(folder: string, { cert, key }: Certificate) {
  writeFileSync(join(folder, 'cert.pem'), cert)
  writeFileSync(join(folder, 'key.pem'), key)
  return { https: '127.0.0.1:0', tls: [{ cert: join(folder, 'cert.pem'), key: join(folder, 'key.pem') }] }
}

async function call(edge: EdgeProcess, method: string, path: string, body: unknown): Promise<unknown> {
  const fields: FieldLine[] = [
    ['Authorization', `Bearer ${edge.token}`],
    ['Content-Type', 'application/json'],
  ]
  const below = path.startsWith('/accounts/') ? '' : `/zones/${zoneId(ZONE)}`
  const url = `${edge.apiUrl}/client/v4${below}${path}`
  const answer = await request(url, { method, fields, ...(body !== undefined && { body: JSON.stringify(body) }) })
  const { success, result, errors } = answer.json as { success: boolean; result: unknown; errors: unknown }
  if (!success) throw new Error(`${method} ${path}: ${JSON.stringify(errors)}`)
  return result
}

/** The members among the processes that descend from one. */
function membersBelow(root: number): readonly number[] {
  const text = Bun.spawnSync(['ps', '-eo', 'pid=,ppid=,args=']).stdout.toString()
  const rows = [...text.matchAll(/^\s*(\d+)\s+(\d+)\s+(.*)$/gm)].map(([, pid, parent, args = '']) => ({
    ...{ pid: Number(pid), parent: Number(parent), isMember: args.includes('processes/member.main.ts') },
  }))
  const below = (parent: number): typeof rows =>
    rows.filter((row) => row.parent === parent).flatMap((row) => [row, ...below(row.pid)])
  return below(root).flatMap(({ pid, isMember }) => (isMember ? [pid] : []))
}
