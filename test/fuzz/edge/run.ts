// Plays random clients against a random origin through a running edge, and holds what the edge promises against every
// answer.
//
//   E1  Whatever a client or the origin sends, the edge goes on serving and reports nothing unexpected.
//   E2  An answer was issued for the same host, target and Origin; in a zone where Vary selects, for the same language.
//   E3  An answer that was issued to somebody else was one that may be shared, and carries no Set-Cookie.
//   E4  An answer that was issued before a purge of its URL, tag, host or everything is never served after it.
//   E5  A HIT is not older than the origin allows.
//   E6  A grant names the Origin that asked, `*`, or `null`; never another's.
//   E7  The body is that of the answer whose number it carries: whole, or the range that was asked for.
//   E8  The origin sees one Host, an origin-form target, and nobody else's word for an address.
//
// Seeded: EDGE_FUZZ_SEED=7 npm run fuzz:edge (EDGE_FUZZ_SECONDS sets how long).

import type { Scene } from '../../support/edge/index.ts'
import { startScene, zoneId } from '../../support/edge/index.ts'
import { type ClientResponse, connect, request } from '../../support/index.ts'
import { makeRandom, pick } from '../../support/random.ts'
import { type Asked, makeAsked, makeHostile, PLAIN_HOST, VARYING_HOST } from './client.ts'
import { type Issued, type Ledger, playAnything } from './origin.ts'

export type FuzzReport = {
  readonly requests: number
  readonly byStatus: Readonly<Record<string, number>>
  /** Promises that were broken, a sentence each. */
  readonly broken: readonly string[]
}

const PARALLEL = 8
/** Broken promises after which there is nothing more to learn. */
const ENOUGH = 10

/** Runs for a while, or for so many rounds. */
export async function fuzzEdge(
  seed: number,
  runMillis: number,
  maximumRounds = Number.POSITIVE_INFINITY,
): Promise<FuzzReport> {
  const random = makeRandom(seed)
  await using scene = await startScene({
    cache: { cache: true, edge_ttl: { mode: 'bypass_by_default' } },
    config: { api: { listen: '127.0.0.1:0' } },
  })
  await addVaryingZone(scene)
  const run = new Run(scene, playAnything(scene.origin, scene.clock, random), random)
  const end = performance.now() + runMillis
  for (let round = 0; round < maximumRounds && performance.now() < end && run.broken.length < ENOUGH; round += 1) {
    await run.round()
  }
  run.judgeTheWhole()
  return { requests: run.count, byStatus: run.byStatus, broken: run.broken }
}

async function addVaryingZone(scene: Scene): Promise<void> {
  const call = async (method: string, path: string, body: unknown): Promise<void> => {
    const answer = await scene.edge.api(method, path, body)
    if (answer.status >= 300) throw new Error(`${method} ${path} answered ${answer.text}`)
  }
  const id = zoneId(VARYING_HOST)
  await call('POST', '/zones', { name: VARYING_HOST, account: { id: await accountOf(scene) } })
  await call('PUT', `/zones/${id}/origins`, { [VARYING_HOST]: scene.origin.url })
  await call('PATCH', `/zones/${id}/settings/browser_cache_ttl`, { value: 0 })
  await call('PUT', `/zones/${id}/rulesets/phases/http_request_cache_settings/entrypoint`, {
    rules: [
      {
        expression: 'true',
        action: 'set_cache_settings',
        action_parameters: {
          cache: true,
          edge_ttl: { mode: 'bypass_by_default' },
          vary: { default: { action: 'passthrough' } },
        },
      },
    ],
  })
}

async function accountOf(scene: Scene): Promise<string> {
  const { result } = (await scene.edge.api('GET', '/accounts')).json as { result: { id: string }[] }
  return result[0]?.id ?? ''
}

/** What was purged, and how many answers had been issued then. */
type Purged = { readonly covers: (issued: Issued) => boolean; readonly last: number }

class Run {
  readonly scene: Scene
  readonly ledger: Ledger
  readonly random: () => number
  readonly broken: string[] = []
  readonly byStatus: Record<string, number> = {}
  count = 0
  readonly #purges: Purged[] = []
  /** The origin's failures up to this round, and up to the round before it. */
  #failures = 0
  #failuresBefore = 0

  constructor(scene: Scene, ledger: Ledger, random: () => number) {
    this.scene = scene
    this.ledger = ledger
    this.random = random
  }

  /** A handful of clients at about the same time, perhaps with a purge among them; then time, or bytes that are no request. */
  async round(): Promise<void> {
    this.#failuresBefore = this.#failures
    this.#failures = this.ledger.failures
    const clients = Array.from({ length: PARALLEL }, () => this.#soon(() => this.#ask()))
    const purges = this.random() < 0.15 ? [this.#soon(() => this.#purgeAndAsk())] : []
    await Promise.all([...clients, ...purges])
    const chance = this.random()
    if (chance < 0.2) this.scene.pass(Math.floor(this.random() * 40))
    else if (chance < 0.45) await this.#attack()
  }

  async #soon(work: () => Promise<void>): Promise<void> {
    await turns(Math.floor(this.random() * 30))
    await work()
  }

  /** The very next requests see what was purged. */
  async #purgeAndAsk(): Promise<void> {
    await this.#purge()
    await Promise.all([this.#ask(), this.#ask(), this.#ask()])
  }

  judgeTheWhole(): void {
    for (const fault of this.ledger.faults) this.#breaks('E8', fault)
    for (const event of this.scene.edge.events.all) {
      if (event.kind === 'unexpected') this.#breaks('E1', `${event.where}: ${event.reason}`)
    }
  }

  async #ask(): Promise<void> {
    this.count += 1
    const asked = makeAsked(this.random, this.count)
    // What lies farther back has gone by itself.
    const purges = this.#purges.slice(-100)
    const answer = await request(`${this.scene.edge.url}${asked.target}`, {
      method: asked.method,
      fields: asked.fields,
    }).catch(() => undefined)
    if (answer === undefined) {
      // What breaks off at the origin before its first byte went on breaks off here, also for those who wait for it.
      if (this.ledger.failures === this.#failuresBefore)
        this.#breaks('E1', `no answer to ${asked.method} ${asked.target}`)
      return
    }
    const cacheStatus = answer.cacheStatus ?? String(answer.status)
    this.byStatus[cacheStatus] = (this.byStatus[cacheStatus] ?? 0) + 1
    for (const promise of this.#judge(asked, answer, purges)) {
      this.#breaks(promise, `${asked.method} ${asked.host}${asked.target} of ${asked.who}, ${cacheStatus}`)
    }
  }

  *#judge(asked: Asked, answer: ClientResponse, purges: readonly Purged[]): Generator<string> {
    const grant = answer.field('access-control-allow-origin')
    if (grant !== undefined && grant !== '*' && grant !== 'null' && grant !== asked.origin)
      yield `E6 the grant ${grant}`
    const issued = this.ledger.issued.get(Number(answer.field('x-seq')))
    if (answer.field('x-broken') !== undefined) {
      if (answer.cacheStatus === 'HIT') yield 'E7 an answer that broke off was stored'
      return
    }
    if (issued === undefined) {
      // A page of the edge itself: the origin failed.
      if (!PAGES.has(answer.status)) yield `E7 an answer ${answer.status} that nobody issued`
      return
    }
    if (issued.host !== asked.host || issued.target !== asked.target)
      yield `E2 issued for ${issued.host}${issued.target}`
    if (issued.origin !== asked.origin) yield `E2 issued for the Origin ${issued.origin}, not ${asked.origin}`
    yield* this.#judgeSharing(asked, answer, issued)
    if (purges.some(({ covers, last }) => issued.confirmedBy <= last && covers(issued))) yield 'E4 purged before'
    yield* judgeBody(asked, answer, issued)
  }

  *#judgeSharing(asked: Asked, answer: ClientResponse, issued: Issued): Generator<string> {
    if (issued.who === asked.who) return
    const { cacheControl } = issued
    if (/no-store|private(?!=)/.test(cacheControl)) yield `E3 shared although ${cacheControl}`
    if (issued.authorization !== undefined && !/public|s-maxage|must-revalidate/.test(cacheControl)) {
      yield `E3 issued to ${issued.authorization}`
    }
    if (answer.fields.has('set-cookie')) yield 'E3 with Set-Cookie'
    const varies = asked.host === VARYING_HOST && issued.variesByLanguage
    if (varies && issued.language !== asked.language) yield `E2 issued for the language ${issued.language}`
    const lifetime = lifetimeOf(cacheControl)
    const age = (this.scene.clock.now() - issued.confirmedAt) / 1000
    if (answer.cacheStatus === 'HIT' && age > lifetime + 1) yield `E5 ${age} s old, allowed ${lifetime}`
  }

  async #purge(): Promise<void> {
    const { last } = this.ledger
    const target = pick(this.random, ['/a.css', '/b.js', '/page'])
    const tag = `t${Math.floor(this.random() * 3)}`
    const choices: readonly (readonly [unknown, Purged['covers']])[] = [
      [{ purge_everything: true }, ({ host }) => host === PLAIN_HOST],
      [{ tags: [tag] }, (issued) => issued.host === PLAIN_HOST && issued.tag === tag],
      [{ prefixes: [`${PLAIN_HOST}/dir`] }, ({ host, target: of }) => host === PLAIN_HOST && of.startsWith('/dir/')],
      [{ hosts: [PLAIN_HOST] }, ({ host }) => host === PLAIN_HOST],
      [
        { files: [{ url: `http://${PLAIN_HOST}${target}`, variants: 'all' }] },
        (issued) => issued.host === PLAIN_HOST && issued.target === target,
      ],
    ]
    const [body, covers] = pick(this.random, choices)
    await this.scene.purge(body)
    this.#purges.push({ covers, last })
  }

  async #attack(): Promise<void> {
    this.count += 1
    using connection = await connect(this.scene.edge.url)
    await connection.write(makeHostile(this.random))
    // Some of it is a beginning only; nobody waits for the rest.
    await Promise.race([connection.readResponse().catch(() => undefined), turns(20)])
    await this.#ask()
  }

  #breaks(promise: string, how: string): void {
    if (this.broken.length < ENOUGH) this.broken.push(`${promise}: ${how}`)
  }
}

/** What the edge says of an origin that failed. */
const PAGES: ReadonlySet<number> = new Set([520, 521, 522, 524])

function* judgeBody(asked: Asked, answer: ClientResponse, issued: Issued): Generator<string> {
  if (asked.method === 'HEAD') {
    if (answer.body.length > 0) yield 'E7 content with HEAD'
    return
  }
  if (answer.status === 304) {
    if (!asked.fields.some(([name]) => name.startsWith('If-'))) yield 'E7 304 to an unconditional request'
    return
  }
  if (answer.status === 416) return
  if (answer.status === 206) {
    const range = /^bytes (\d+)-(\d+)\/(\d+)$/.exec(answer.field('content-range') ?? '')
    if (asked.range === undefined) yield 'E7 206 to a request without Range'
    else if (range !== null && answer.text !== issued.body.slice(Number(range[1]), Number(range[2]) + 1))
      yield 'E7 a wrong part'
    return
  }
  if (!answer.truncated && answer.text !== issued.body)
    yield `E7 ${answer.text.length} bytes that are not the body of ${issued.seq}`
  if (!answer.truncated && answer.status !== issued.status) yield `E7 status ${answer.status}, issued ${issued.status}`
}

/** The longest that an answer may be a HIT, in seconds, read as generously as any recipient would. */
function lifetimeOf(cacheControl: string): number {
  const ages = [...cacheControl.matchAll(/(?:s-maxage|max-age)="?(\d+)/g)].map(([, digits]) => Number(digits))
  return ages.length === 0 ? 0 : Math.max(...ages)
}

async function turns(count: number): Promise<undefined> {
  for (let turn = 0; turn < count; turn += 1) await new Promise((resolve) => setImmediate(resolve))
  return undefined
}

if (import.meta.main) {
  const seed = Number(process.env.EDGE_FUZZ_SEED ?? Date.now() % 2 ** 31)
  const seconds = Number(process.env.EDGE_FUZZ_SECONDS ?? 60)
  console.log(`seed ${seed}, ${seconds} s`)
  const { requests, byStatus, broken } = await fuzzEdge(seed, seconds * 1000)
  console.log(`${requests} requests: ${JSON.stringify(byStatus)}`)
  for (const sentence of broken) console.log(`broken: ${sentence}`)
  process.exit(broken.length === 0 ? 0 : 1)
}
