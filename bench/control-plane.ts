// What the control plane costs: purges of a full store, updates of rules, pages of many zones.
//
//   npm run bench:control-plane              prints the table and writes it to results/
//   npm run bench:control-plane -- 100000    with as many stored variants in place of 1,000,000
//
// One edge process as users start it, over HTTP with the official client's way of sending: one call after the other.  The
// store is filled before the start, and the zones written as documents, which takes some seconds; what is measured is the
// real thing.  Each figure is the time from sending a call to having its whole answer.  A rule counts as live when the
// answer is there: the next request is then served by it, which is checked.  Beside it stands the processor time of the edge,
// which does not depend on what else the machine has to do.

import { Database } from 'bun:sqlite'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { loadavg, tmpdir } from 'node:os'
import { join } from 'node:path'
import { bytes, epochMillis, millis, systemClock } from '../src/base/index.ts'
import type { StoredBody, StoredResponse } from '../src/cache/index.ts'
import { makeTieredStore } from '../src/cache/store/index.ts'
import { openDocuments, zoneId } from '../src/config/index.ts'
import { openJournal } from '../src/purge/index.ts'
import { type EdgeProcess, startEdgeProcess } from '../test/support/edge-process.ts'
import { describeMachine, treeTime } from './processor.ts'
import { judge } from './report.ts'

const VARIANTS = Number(Bun.argv[2] ?? 1_000_000)
/** Variants that one tag names. */
const PER_TAG = 1_000
const ZONES = 10_000
const RULES = 300
/** Put one by one; the rest are copies of these. */
const STORED = 10_000
const ROUNDS = 200
const RULE_ROUNDS = 60
const HOST = 'bench.example'
const ZONE = zoneId(HOST)

type Measured = {
  /** Milliseconds from sending a call to having its answer. */
  readonly times: readonly number[]
  /** Processor milliseconds of the edge for each, what it does in the background meanwhile included. */
  readonly processor: number
}

type Row = Measured & {
  readonly title: string
  readonly targetMillis: number | undefined
  /** Which of the times the target is about. */
  readonly quantile: number
}

const events = (): void => {}

function storedResponse(index: number, body: StoredBody, revision: number): StoredResponse {
  const path = `/assets/application-${index}/main.css`
  return {
    id: `v${index}`,
    key: `http://${HOST}${path}`,
    location: { zone: ZONE, scheme: 'http', host: HOST, path, query: '' },
    selecting: [],
    requestFields: [],
    status: 200,
    fields: [
      ['cache-control', 'public, max-age=3600'],
      ['content-type', 'text/css; charset=utf-8'],
      ['etag', `"${body.digest.slice(0, 32)}"`],
      ['date', 'Fri, 27 Nov 2026 10:00:00 GMT'],
    ],
    tags: ['assets', `release-${index % Math.ceil(VARIANTS / PER_TAG)}`],
    freshness: {
      lifetime: millis(3_600_000),
      alwaysValidate: false,
      staleWhileRevalidate: millis(60_000),
      staleIfError: millis(0),
      staleIfUnreachable: millis(0),
    },
    responseTime: epochMillis(Date.now()),
    initialAge: millis(0),
    revision,
    body,
  }
}

/** A data directory whose cache holds the variants, none of them purged. */
async function fillStore(data: string): Promise<void> {
  const journal = openJournal({ path: join(data, 'purge.sqlite'), clock: systemClock, events })
  const { revision } = journal
  journal.close()
  const directory = join(data, 'cache')
  const limits = { memoryLimit: bytes(64 * 1024 ** 2), diskLimit: bytes(8 * 1024 ** 3) }
  const store = makeTieredStore({ directory, ...limits, events })
  let body: StoredBody | undefined
  for (let index = 0; index < STORED; index += 1) {
    if (body === undefined || index % 100 === 0) {
      const fill = store.begin(bytes(1024))
      await fill.write(Buffer.alloc(1024, `${index} `))
      body = await fill.finish()
    }
    store.put(storedResponse(index, body, revision))
  }
  await store.flush()
  await store.close()
  multiply(join(directory, 'index.sqlite'), VARIANTS / STORED)
}

/**
 * Makes each stored variant so many, under keys of their own: what the store would have after as many puts, in seconds
 * instead of minutes.  Knows the tables of cache/store/disk-index.ts.
 */
function multiply(path: string, times: number): void {
  const database = new Database(path, { readwrite: true })
  // The store's last checkpoint may still be under way.
  database.run('PRAGMA busy_timeout = 60000')
  const copy = database.query(
    `INSERT INTO variants SELECT sequence + ?1 * 10000000, key_hash, body, used, cost, revision, zone, key || '#' || ?1, record
     FROM variants WHERE key NOT LIKE '%#%'`,
  )
  database
    .transaction(() => {
      for (let round = 1; round < times; round += 1) copy.run(round)
      database.run(`UPDATE bodies SET refs = refs * ${times}`)
      database.run(`UPDATE totals SET variants = variants * ${times}, cost = cost * ${times}`)
    })
    .immediate()
  database.close()
}

/** The zones as the API would have made them, each with what a zone usually has. */
function writeZones(data: string): void {
  const documents = openDocuments({ path: join(data, 'config.sqlite'), clock: systemClock, events })
  documents.change((draft) => {
    for (let index = 0; index < ZONES; index += 1) {
      const name = `zone-${index}.example`
      const zone = { name, type: 'full', paused: false, vanity_name_servers: [], made_by: 'api' }
      const at = Date.now()
      draft.write(`zones/${zoneId(name)}`, { ...zone, created_on: at + index, modified_on: at })
      draft.write(`zones/${zoneId(name)}/origins`, { value: { [name]: 'http://127.0.0.1:9' }, modified_on: at })
      draft.write(`zones/${zoneId(name)}/settings/ssl`, { value: 'flexible', modified_on: at })
    }
  })
  documents.close()
}

async function call(edge: EdgeProcess, method: string, path: string, body?: unknown): Promise<unknown> {
  const response = await fetch(`${edge.apiUrl}/client/v4${path}`, {
    method,
    headers: { authorization: `Bearer ${edge.token}`, 'content-type': 'application/json' },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  })
  const answer = (await response.json()) as { success: boolean; result: unknown }
  if (!answer.success) throw new Error(`${method} ${path} answered ${response.status}: ${JSON.stringify(answer)}`)
  return answer.result
}

/** Times `work` so often, one after the other; the first few warm up and do not count. */
async function time(edge: EdgeProcess, rounds: number, work: (round: number) => Promise<unknown>): Promise<Measured> {
  const WARM_UP = 5
  const times: number[] = []
  const before = treeTime(edge.pid)
  for (let round = 0; round < rounds + WARM_UP; round += 1) {
    const began = performance.now()
    await work(round)
    if (round >= WARM_UP) times.push(performance.now() - began)
  }
  return { times, processor: (treeTime(edge.pid) - before) / 1000 / (rounds + WARM_UP) }
}

function rules(round: number): unknown {
  return {
    rules: Array.from({ length: RULES }, (_, index) => ({
      ref: `r${index}`,
      description: `rule ${index} of round ${round}`,
      expression: 'true',
      action: 'set_cache_settings',
      // What the last one says can be seen from outside.
      action_parameters:
        index === RULES - 1
          ? { cache: true, browser_ttl: { mode: 'override_origin', default: 1000 + round } }
          : { cache: true, edge_ttl: { mode: 'override_origin', default: 60 + index } },
    })),
  }
}

/** Whether the edge serves by the rules of this round: they say how long browsers keep the answer. */
async function checkLive(edge: EdgeProcess, round: number): Promise<void> {
  const response = await fetch(`${edge.edgeUrl}/live-${round}`, { headers: { host: HOST } })
  await response.arrayBuffer()
  const found = response.headers.get('cache-control') ?? ''
  if (!found.includes(`max-age=${1000 + round}`)) throw new Error(`round ${round} is not live: ${found}`)
}

async function updateRules(edge: EdgeProcess, zone: string): Promise<Measured> {
  const path = `/zones/${zone}/rulesets/phases/http_request_cache_settings/entrypoint`
  const bodies = Array.from({ length: RULE_ROUNDS + 5 }, (_, round) => rules(round))
  return time(edge, RULE_ROUNDS, async (round) => {
    await call(edge, 'PUT', path, bodies[round])
    await checkLive(edge, round)
  })
}

async function measure(edge: EdgeProcess): Promise<Row[]> {
  const purge = (body: unknown) => call(edge, 'POST', `/zones/${ZONE}/purge_cache`, body)
  const store = VARIANTS.toLocaleString('en')
  // What the machine and the protocol cost, and how quiet it is.
  const nothing = await time(edge, ROUNDS, () => call(edge, 'GET', '/user/tokens/verify'))
  const byUrl = await time(edge, ROUNDS, (round) =>
    purge({ files: [`http://${HOST}/assets/application-${round}/main.css`] }),
  )
  const byTag = await time(edge, ROUNDS, (round) => purge({ tags: [`release-${round}`] }))
  const updates = await updateRules(edge, ZONE)
  const pages = await time(edge, ZONES / 50, (round) => call(edge, 'GET', `/zones?page=${1 + round}&per_page=50`))
  const named = await time(edge, ROUNDS, (round) => call(edge, 'GET', `/zones?name=zone-${round}.example`))
  const setting = await time(edge, ROUNDS, (round) =>
    call(edge, 'PATCH', `/zones/${ZONE}/settings/browser_cache_ttl`, { value: 60 + round }),
  )
  return [
    { title: 'a call that changes nothing', ...nothing, targetMillis: undefined, quantile: 0.99 },
    { title: `purge by tag, ${store} stored variants`, ...byTag, targetMillis: 20, quantile: 0.99 },
    { title: `purge by URL, ${store} stored variants`, ...byUrl, targetMillis: 5, quantile: 0.99 },
    {
      title: `${RULES} rules: stored, live, and a request served by them`,
      ...updates,
      targetMillis: 50,
      quantile: 0.99,
    },
    { title: `one page of 50 of ${ZONES.toLocaleString('en')} zones`, ...pages, targetMillis: 30, quantile: 0.99 },
    { title: `one zone of ${ZONES.toLocaleString('en')}, by its name`, ...named, targetMillis: 30, quantile: 0.99 },
    {
      title: `one setting, among ${ZONES.toLocaleString('en')} zones`,
      ...setting,
      targetMillis: 50,
      quantile: 0.99,
    },
  ]
}

function quantileOf(times: readonly number[], quantile: number): number {
  const sorted = times.toSorted((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.ceil(quantile * sorted.length) - 1)] ?? Number.NaN
}

function render(rows: readonly Row[]): string {
  const cells = rows.map(({ title, times, processor, targetMillis, quantile }) => {
    const figures = [0.5, 0.99, 1].map((each) => `${quantileOf(times, each).toFixed(1)} ms`)
    return [
      title,
      `${processor.toFixed(2)} ms`,
      ...figures,
      targetMillis === undefined ? '-' : `< ${targetMillis} ms`,
      judge(quantileOf(times, quantile), targetMillis),
    ]
  })
  const all = [['call', 'processor', 'median', 'p99', 'slowest', 'target (p99)', 'verdict'], ...cells]
  const widths = (all[0] ?? []).map((_, column) => Math.max(...all.map((row) => row[column]?.length ?? 0)))
  const line = (row: readonly string[]) => `| ${row.map((cell, at) => cell.padEnd(widths[at] ?? 0)).join(' | ')} |`
  const [head = [], ...body] = all
  return [line(head), line(widths.map((width) => '-'.repeat(width))), ...body.map(line), ''].join('\n')
}

/** Above the number of cores, other things wait for the processor too, and the times tell of them. */
const [load = 0] = loadavg()
const scratch = mkdtempSync(join(tmpdir(), 'varyant-bench-'))
const origin = Bun.serve({
  hostname: '127.0.0.1',
  port: 0,
  fetch: () => new Response('x', { headers: { 'cache-control': 'max-age=60' } }),
})
try {
  const data = join(scratch, 'data')
  mkdirSync(data)
  const config = join(scratch, 'varyant.json')
  writeFileSync(
    config,
    JSON.stringify({
      edge: { http: '127.0.0.1:0', access_log: false },
      api: { listen: '127.0.0.1:0', purge_rate_limit: 'off' },
      data,
      cache: { memory: '256MB', disk: '8GB' },
      zones: [{ name: HOST, origins: { '*': `http://127.0.0.1:${origin.port}` } }],
    }),
  )
  await fillStore(data)
  writeZones(data)
  await using edge = await startEdgeProcess({ args: ['--config', config] })
  const table = render(await measure(edge))
  const text = [
    `# The control plane, ${new Date().toISOString().slice(0, 10)}`,
    '',
    `${describeMachine()}; load average ${load.toFixed(1)} before. One edge process; a call after the other over loopback; made`,
    'durable before it answers.',
    '',
    table,
  ].join('\n')
  process.stdout.write(text)
  if (Bun.argv[2] === undefined) {
    writeFileSync(join(import.meta.dir, 'results', `${new Date().toISOString().slice(0, 10)}-control-plane.md`), text)
  }
} finally {
  await origin.stop(true)
  rmSync(scratch, { recursive: true, force: true })
}
