// A plain GET for something fresh in memory, answered without a promise: the one exception to the pipeline, and the reason
// that a hit costs less than anywhere else.  It uses the pipeline's own judgements; whatever it is not sure of it leaves to
// the pipeline by answering undefined, and nothing has happened.
//
// H1  It answers only what look-up.ts would call fresh, with the bytes and fields that deliver.ts would send.
// H2, H3 and H4 are those of hot-path-prepared.ts and hot-path-rules.ts; hot-path-keys.ts finds the key.

import type { EpochMillis } from '../base/index.ts'
import { findVariant, matchesSelecting, type Variant } from '../cache/index.ts'
import { contentBlob } from '../cache/store/index.ts'
import { splitTarget } from '../http/index.ts'
import { findWorker, type ZoneScripts } from '../scripts/index.ts'
import type { EdgeServices } from './edge.ts'
import type { PeerSource, Scheme } from './exchange.ts'
import { type Asked, findKnown, type ReadField, targetOf } from './hot-path-keys.ts'
import { type PreparedAnswer, preparedFor } from './hot-path-prepared.ts'
import { headersUnderRules, openUnderRules } from './hot-path-rules.ts'
import { UNKNOWN_PEER } from './nobody.ts'
import type { ZonePlan } from './plan.ts'
import { nextRay } from './ray.ts'
import type { KnownKey } from './routes.ts'
import { copyOf } from './sharing.ts'
import { stillStands } from './standing.ts'

/** The answer to a hit in memory, or undefined: the pipeline decides. */
export function answerFromMemory(
  request: Request,
  server: PeerSource,
  scheme: Scheme,
  edge: EdgeServices,
): Response | undefined {
  // What explains each decision is the pipeline's to say.
  if (edge.debugHeaders || request.method !== 'GET') return undefined
  const { headers } = request
  const host = headers.get('host')
  if (host === null) return undefined
  const route = edge.routes.find(host, scheme)
  if (route.kind !== 'found') return undefined
  const now = edge.clock.now()
  const ofZone = route.plans.at(now)
  if (ofZone.scripts !== undefined && mayRunWorker(ofZone.scripts, request.url, { route, scheme })) return undefined
  if (ofZone.shortcut === 'plain')
    return answerPlain(request, server, { route, scheme, plan: ofZone, headers, now }, edge)
  if (ofZone.shortcut === 'none' || isSpecial(headers)) return undefined
  try {
    return answerUnderRules(request, server, { route, scheme, plan: ofZone, headers, now }, edge)
  } catch {
    // Fail closed: what fails here fails in the pipeline again, which reports it and has a page for it.
    return undefined
  }
}

/** Whether the URL runs a Worker; snippets have rules, which plan.ts knows. */
function mayRunWorker(scripts: ZoneScripts, url: string, { route, scheme }: Pick<Asked, 'route' | 'scheme'>): boolean {
  return findWorker(scripts, { scheme, host: route.host, ...splitTarget(url) }) !== undefined
}

function answerPlain(request: Request, server: PeerSource, asked: Asked, edge: EdgeServices): Response | undefined {
  const prepared = findPrepared(request.url, asked, edge)
  if (prepared === undefined) return undefined
  const ray = nextRay()
  const { init, content } = prepared
  init.headers.set('cf-ray', ray)
  if (edge.accessLog) {
    const why = [...asked.plan.sentences, FRESH_IN_MEMORY]
    const client = clientOf(request, server)
    writeRecord({ url: request.url, client, ray, at: asked.now, why, length: content.length }, edge)
  }
  return new Response(contentBlob(content), init)
}

function answerUnderRules(
  request: Request,
  server: PeerSource,
  asked: Asked,
  edge: EdgeServices,
): Response | undefined {
  const { now, headers } = asked
  const target = targetOf(request.url)
  if (target === undefined) return undefined
  const exchange = openUnderRules({ request, server, ...asked, ...target }, edge)
  const { plan, ray, trail } = exchange
  const prepared = findPrepared(request.url, { ...asked, plan, headers }, edge)
  if (prepared === undefined) return undefined
  trail.push(FRESH_IN_MEMORY)
  prepared.init.headers.set('cf-ray', ray)
  const ruled = headersUnderRules(exchange, prepared.init.headers, prepared.ruled, edge)
  if (ruled === undefined) return undefined
  ruled.set('cf-ray', ray)
  const { content } = prepared
  if (edge.accessLog) {
    const client = clientOf(request, server)
    writeRecord({ url: request.url, client, ray, at: now, why: trail, length: content.length }, edge)
  }
  return new Response(contentBlob(content), { status: prepared.init.status, headers: ruled })
}

/** What deliver.ts or screen.ts has more to say to. */
function isSpecial(headers: Headers): boolean {
  return (
    headers.has('range') ||
    headers.has('if-none-match') ||
    headers.has('if-modified-since') ||
    headers.has('upgrade') ||
    // screen.ts answers what has been through here before.
    headers.has('cdn-loop')
  )
}

/** What is stored in memory for a request, fresh and ready to be sent. */
function findPrepared(url: string, asked: Asked, edge: EdgeServices): PreparedAnswer | undefined {
  const { plan, headers, now } = asked
  const field = (name: string): string | null => headers.get(name)
  const known = findKnown(url, asked, field, edge)
  if (known === undefined) return undefined
  const variant = variantOf(known, field, edge)
  if (variant === undefined || (plan.shortcut === 'plain' && isSpecial(headers))) return undefined
  if (!stillStands(variant, edge)) return undefined
  if (plan.sharesCopies && !mayAnswerOrigin(variant, plan, field('origin'), edge)) return undefined
  const prepared = preparedFor(variant, plan, now, edge)
  if (prepared !== undefined && known.first === undefined && isFirst(variant, edge)) prepared.foundBy(known, variant)
  return prepared
}

/** The variant that a look-up would select; it is not made when what it would find first fits. */
function variantOf({ first, key, plan }: KnownKey, field: ReadField, edge: EdgeServices): Variant | undefined {
  const { vary } = plan.settings
  if (first !== undefined && matchesSelecting(first.response.selecting, field, vary)) return first
  const entry = edge.store.peek(key)
  return entry && findVariant(entry, field, vary)
}

function isFirst(variant: Variant, { store }: EdgeServices): boolean {
  return store.peek(variant.response.key)?.variants[0] === variant
}

/** The judgement of look-up.ts; a shared copy has no Origin's key, and an own one was found by it. */
function mayAnswerOrigin(
  { response }: Variant,
  plan: ZonePlan,
  origin: string | null,
  { sharing }: EdgeServices,
): boolean {
  return sharing.mayAnswer(copyOf(response, plan), origin).may === 'yes'
}

function clientOf(request: Request, server: PeerSource): string {
  return server.requestIP(request)?.address ?? UNKNOWN_PEER
}

type Logged = {
  readonly url: string
  readonly client: string
  readonly ray: string
  readonly at: EpochMillis
  readonly why: readonly string[]
  readonly length: number
}

function writeRecord({ url, client, ray, at, why, length }: Logged, edge: EdgeServices): void {
  edge.events({
    kind: 'access',
    record: {
      ...{ ray, at, client, method: 'GET', url, status: 200, cacheStatus: 'hit', why },
      ...{ bytes: length, durationMillis: 0, originMillis: undefined },
    },
  })
}

const FRESH_IN_MEMORY = 'a stored response is fresh'
