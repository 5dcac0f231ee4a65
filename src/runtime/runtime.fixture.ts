// A runtime on the real workerd, for the tests of this room: scripts of one zone, a gateway that a test plays, and visits.

import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type EdgeEvent, systemClock } from '../base/index.ts'
import { parseRoutePattern, type Script, type ScriptModule, type ZoneScripts } from '../scripts/index.ts'
import type {
  CacheCall,
  Gateway,
  PutHead,
  ScriptedZone,
  ScriptOutcome,
  ScriptRuntime,
  Subrequest,
  Visit,
} from './contract.ts'
import { makeRuntime, type RuntimeOptions } from './host.ts'
import { findWorkerd } from './workerd-binary.ts'

/** A script of one module. */
export function makeScript(source: string, parts: Partial<Script> = {}): Script {
  return {
    id: crypto.randomUUID(),
    name: 'script',
    kind: 'worker',
    mainModule: 'index.js',
    modules: [makeModule('index.js', source)],
    bindings: [],
    compatibilityDate: '2026-11-01',
    compatibilityFlags: [],
    ...parts,
  }
}

export function makeModule(name: string, source: string, type: ScriptModule['type'] = 'esm'): ScriptModule {
  return { name, type, content: Buffer.from(source) }
}

/** A zone that runs a Worker on every URL, behind snippets. */
export function makeZone(name: string, worker: Script | undefined, snippets: readonly Script[] = []): ScriptedZone {
  const pattern = parseRoutePattern('*/*', name)
  if (!pattern.ok) throw new Error(pattern.problem)
  const scripts: ZoneScripts = {
    workers: worker === undefined ? [] : [worker],
    routes: worker === undefined ? [] : [{ pattern: pattern.value, script: worker, failOpen: false }],
    domains: [],
    snippets: snippets.map((script) => ({ script, expression: 'true', enabled: true })),
  }
  return { id: `id-of-${name}`, name, scripts }
}

export type TestRuntime = {
  readonly runtime: ScriptRuntime
  readonly reported: EdgeEvent[]
  /** What scripts fetched, by what became of it: `zone GET /path`. */
  readonly fetched: string[]
  readonly subrequests: Subrequest[]
  /** What was put into caches. */
  readonly puts: { readonly call: CacheCall; readonly head: PutHead; readonly text: string }[]
  /** What the gateway answers. */
  answer: (subrequest: Subrequest) => Response | Promise<Response>
  match: (call: CacheCall) => Response | undefined
  [Symbol.asyncDispose](): Promise<void>
}

/** A runtime whose zones are those named; `close` by `await using`. */
export function startRuntime(zones: readonly ScriptedZone[], options: Partial<RuntimeOptions> = {}): TestRuntime {
  const dataDirectory = mkdtempSync(join(tmpdir(), 'vr-'))
  const reported: EdgeEvent[] = []
  const runtime = makeRuntime({
    ...{ workerd: findWorkerd(), dataDirectory, clock: systemClock },
    events: (event) => void reported.push(event),
    ...options,
  })
  const test: TestRuntime = {
    ...{ runtime, reported, fetched: [], subrequests: [], puts: [] },
    answer: () => new Response('from the gateway'),
    match: () => undefined,
    [Symbol.asyncDispose]: async () => {
      await runtime.close()
      rmSync(dataDirectory, { recursive: true, force: true })
    },
  }
  runtime.attach(makeGateway(test, zones))
  runtime.apply({ zones })
  return test
}

function makeGateway(test: TestRuntime, zones: readonly ScriptedZone[]): Gateway {
  const take = (where: string) => async (subrequest: Subrequest) => {
    const { request, scheme, headers } = subrequest
    const { pathname, search } = new URL(request.url)
    test.fetched.push(`${where} ${request.method} ${scheme}://${headers.get('host')}${pathname}${search}`)
    test.subrequests.push(subrequest)
    return test.answer(subrequest)
  }
  return {
    zoneOf: (host) => zones.find(({ name }) => host === name || host.endsWith(`.${name}`))?.id,
    throughZone: take('zone'),
    asVisitor: take('visitor'),
    outside: take('outside'),
    connect: async (subrequest) => ({ kind: 'answered', response: await take('socket')(subrequest) }),
    tunnelHandlers: { message: () => undefined },
    match: async (call) => test.match(call),
    put: async (call, head, body) => {
      test.puts.push({ call, head, text: await new Response(body).text() })
      return true
    },
    delete: async ({ path }) => path === '/there',
  }
}

let rays = 0

/** A visit of a zone's Worker, behind its snippets. */
export function makeVisit(zone: ScriptedZone, url: string, parts: Partial<Visit> = {}): Visit {
  const { scripts } = zone
  rays += 1
  const ray = rays.toString(16).padStart(16, '0')
  return {
    zone,
    stages: [...(scripts?.snippets ?? []).map(({ script }) => script), ...(scripts?.workers ?? [])],
    ...{ method: 'GET', url, scheme: url.startsWith('https:') ? 'https' : 'http', body: null },
    signal: new AbortController().signal,
    ...{ cf: '{"colo":"VAR"}', ray, peer: '192.0.2.7', depth: 0, failOpen: false },
    ...parts,
    headers: new Headers({ host: new URL(url).host, 'cf-ray': ray, ...Object.fromEntries(parts.headers ?? []) }),
  }
}

/** Status and text of an outcome, or its fault. */
export async function told(outcome: ScriptOutcome | Promise<ScriptOutcome>): Promise<readonly unknown[]> {
  const settled = await outcome
  return settled.kind === 'failed' ? [settled.fault] : [settled.response.status, await settled.response.text()]
}

/** The workerd processes that this one has started, whatever stands around them. */
export function workerds(): readonly number[] {
  const rows = Bun.spawnSync(['ps', '-eo', 'pid=,ppid=,comm=']).stdout.toString().trim().split('\n')
  const processes = rows.map((row) => {
    const [pid = '', parent = '', name = ''] = row.trim().split(/\s+/)
    return { pid: Number(pid), parent: Number(parent), name }
  })
  const below = (parent: number): readonly (typeof processes)[number][] =>
    processes.filter((each) => each.parent === parent).flatMap((each) => [each, ...below(each.pid)])
  return below(process.pid).flatMap(({ pid, name }) => (name === 'workerd' ? [pid] : []))
}
