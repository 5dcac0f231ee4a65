// The origin server of the edge's fuzz: it answers anything, and never the same twice.  Every answer carries what its
// request was and a number of its own, so that whoever gets it later can tell whose it is.

import type { FakeClock } from '../../../src/base/index.ts'
import type { FieldLine, Origin, OriginResponse, RecordedRequest } from '../../support/index.ts'
import { pick } from '../../support/random.ts'

/** What an answer says of the request that earned it, and what it allows. */
export type Issued = {
  readonly seq: number
  readonly host: string
  readonly target: string
  /** The Origin field; undefined: absent. */
  readonly origin: string | undefined
  readonly authorization: string | undefined
  readonly language: string | undefined
  /** Names who asked: unique to each request of a client. */
  readonly who: string | undefined
  readonly status: number
  readonly cacheControl: string
  readonly variesByLanguage: boolean
  readonly tag: string | undefined
  readonly body: string
  /** When it was issued, or last confirmed by a 304. */
  confirmedAt: number
  /** The number of answers issued before it, or before its last confirmation, began. */
  confirmedBy: number
}

export type Ledger = {
  readonly issued: Map<number, Issued>
  /** What an origin server must never be asked; a sentence each. */
  readonly faults: string[]
  /** Numbers given out so far. */
  last: number
  /** Answers so far that were no HTTP, or broke off. */
  failures: number
}

const CACHE_CONTROLS = [
  ...['max-age=60', 'max-age=60', 'public, max-age=60', 's-maxage=30', 'max-age=5, stale-while-revalidate=20'],
  ...['max-age=5, stale-if-error=60', 'no-store', 'private', 'private, max-age=60', 'no-cache', 'max-age=0'],
  ...['max-age=60, must-revalidate', 'public', '', 'max-age=60, private="set-cookie"', 'immutable, max-age=600'],
  ...['max-age=99999999999999999999', 'max-age=-1', 'max-age="60"', 'max-age=60, max-age=0', ',,max-age=60,,;;='],
]
const STATUSES = [200, 200, 200, 200, 200, 200, 200, 200, 203, 404, 410, 500, 503]
const GRANTS = ['none', 'any', 'reflect', 'reflect', 'reflect-credentials', 'null'] as const

/** Fields that a gateway ends, and addresses that only it may say. */
const NEVER_PASSED = ['connection', 'keep-alive', 'proxy-connection', 'te', 'upgrade', 'x-listed']

/** Scripts an origin with this behaviour; what it issues is in the ledger. */
export function playAnything(origin: Origin, clock: FakeClock, random: () => number): Ledger {
  const ledger: Ledger = { issued: new Map(), faults: [], last: 0, failures: 0 }
  origin.on('*', async (request, response) => {
    judge(request, ledger)
    const chance = random()
    if (chance < 0.02) {
      ledger.failures += 1
      await response.raw(pick(random, BROKEN))
      response.finish()
      return
    }
    const known = confirmed(request, ledger)
    if (known !== undefined && chance < 0.5) {
      known.confirmedAt = clock.now()
      ledger.last += 1
      known.confirmedBy = ledger.last
      await response.send({ status: 304, fields: fieldsOf(known, random) })
      return
    }
    const issued = issue(request, ledger, clock, random)
    // A purge may come between.
    await turns(random() < 0.2 ? random() * 300 : random() * 20)
    await answer(issued, response, random)
  })
  return ledger
}

async function turns(count: number): Promise<void> {
  for (let turn = 0; turn < count; turn += 1) await new Promise((resolve) => setImmediate(resolve))
}

const BROKEN = [
  '',
  'HTTP/1.1 200 OK\r\nX-Broken: 1\r\nContent-Length: 50\r\nCache-Control: max-age=60\r\n\r\ncut short',
  'HTTP/1.1 200 OK\r\nX-Broken: 1\r\nTransfer-Encoding: chunked\r\nCache-Control: max-age=60\r\n\r\n5\r\nhello\r\nzz\r\n',
  'HTTP/1.1 99 Low\r\nContent-Length: 0\r\n\r\n',
  'HTTP/1.1 206 Partial Content\r\nX-Broken: 1\r\nContent-Range: bytes 0-1/9\r\nContent-Length: 2\r\nCache-Control: max-age=60\r\n\r\nxx',
  'nothing like HTTP\r\n\r\n',
  `HTTP/1.1 200 OK\r\nX-Broken: 1\r\nX-Long: ${'x'.repeat(300_000)}\r\nContent-Length: 0\r\n\r\n`,
]

function judge(request: RecordedRequest, { faults }: Ledger): void {
  const hosts = request.fields.all('host')
  if (hosts.length !== 1) faults.push(`${hosts.length} Host fields`)
  if (!request.target.startsWith('/')) faults.push(`the target ${request.target}`)
  if (!/^[\x21-\x7e]*$/.test(request.target)) faults.push(`bytes in the target ${JSON.stringify(request.target)}`)
  // A WebSocket handshake is passed on as one.
  const isHandshake = request.field('upgrade') === 'websocket'
  for (const name of isHandshake ? [] : NEVER_PASSED) {
    const value = request.field(name)
    // The client of this edge says that it keeps connections; nothing else may.
    if (value !== undefined && !(name === 'connection' && value === 'keep-alive')) faults.push(`${name}: ${value}`)
  }
  if (request.field('cf-connecting-ip') !== '127.0.0.1')
    faults.push(`CF-Connecting-IP ${request.field('cf-connecting-ip')}`)
  if (!(request.field('x-forwarded-for') ?? '').endsWith('127.0.0.1')) faults.push('X-Forwarded-For ends in no peer')
  if (request.field('cf-worker') !== undefined || request.field('cf-ipcountry') === 'XX')
    faults.push('a forged CF field')
}

/** The answer that a conditional request names. */
function confirmed(request: RecordedRequest, { issued }: Ledger): Issued | undefined {
  const tag = /^"(\d+)"$/.exec(request.field('if-none-match') ?? '')?.[1]
  const known = tag === undefined ? undefined : issued.get(Number(tag))
  // An origin confirms only what is still its answer to this very request.
  if (known === undefined || known.target !== request.target || known.host !== request.field('host')) return undefined
  return known.origin === request.field('origin') && known.language === request.field('accept-language')
    ? known
    : undefined
}

function issue(request: RecordedRequest, ledger: Ledger, clock: FakeClock, random: () => number): Issued {
  ledger.last += 1
  const seq = ledger.last
  const issued: Issued = {
    seq,
    // The scheme's default port names the same host.
    host: (request.field('host') ?? '').replace(/:80$/, ''),
    target: request.target,
    origin: request.field('origin'),
    authorization: request.field('authorization'),
    language: request.field('accept-language'),
    who: request.field('x-who'),
    status: pick(random, STATUSES),
    cacheControl: pick(random, CACHE_CONTROLS),
    variesByLanguage: random() < 0.3,
    tag: random() < 0.3 ? `t${Math.floor(random() * 3)}` : undefined,
    body: `${seq} `.repeat(1 + Math.floor(random() * (random() < 0.02 ? 80_000 : 200))),
    confirmedAt: clock.now(),
    confirmedBy: seq,
  }
  ledger.issued.set(seq, issued)
  return issued
}

function fieldsOf(issued: Issued, random: () => number): FieldLine[] {
  const fields: FieldLine[] = [
    ['X-Seq', String(issued.seq)],
    ['ETag', `"${issued.seq}"`],
    ['Content-Type', 'text/plain'],
  ]
  if (issued.cacheControl !== '') fields.push(['Cache-Control', issued.cacheControl])
  if (issued.tag !== undefined) fields.push(['Cache-Tag', issued.tag])
  if (issued.variesByLanguage) fields.push(['Vary', pick(random, ['Accept-Language', 'accept-language, Origin'])])
  if (random() < 0.2) fields.push(['Set-Cookie', `who=${issued.who ?? ''}`])
  if (random() < 0.2) fields.push(['Connection', 'X-Listed, close'], ['X-Listed', '1'])
  const grant = pick(random, GRANTS)
  if (grant === 'any') fields.push(['Access-Control-Allow-Origin', '*'])
  if (grant === 'null') fields.push(['Access-Control-Allow-Origin', 'null'])
  if (grant.startsWith('reflect') && issued.origin !== undefined) {
    fields.push(['Access-Control-Allow-Origin', issued.origin])
    if (grant === 'reflect-credentials') fields.push(['Access-Control-Allow-Credentials', 'true'])
  }
  return fields
}

async function answer(issued: Issued, response: OriginResponse, random: () => number): Promise<void> {
  const { status, body } = issued
  const framing = pick(random, ['length', 'chunked', 'close'] as const)
  await response.send({ status, fields: fieldsOf(issued, random), body, framing })
}
