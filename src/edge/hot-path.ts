// A plain GET for something fresh in memory, answered without a promise: the one exception to the pipeline, and the reason
// that a hit costs less than anywhere else.  It uses the pipeline's own judgements; whatever it is not sure of it leaves to
// the pipeline by answering undefined, and nothing has happened.
//
// H1  It answers only what look-up.ts would call fresh, with the bytes and fields that deliver.ts would send.
// H2  The fields of a variant are made anew at most once a second; in between only the ray differs.

import type { EpochMillis } from '../base/index.ts'
import {
  type Content,
  collectOverrides,
  decideReuse,
  findVariant,
  freshUntil,
  type Overrides,
  type Variant,
} from '../cache/index.ts'
import { contentBlob } from '../cache/store/index.ts'
import { isSerializedOrigin } from '../cors/index.ts'
import { normalizeUrl, splitTarget } from '../http/index.ts'
import { findWorker, type ZoneScripts } from '../scripts/index.ts'
import type { EdgeServices } from './edge.ts'
import type { PeerSource, Scheme } from './exchange.ts'
import { headersUnderRules, openUnderRules, type RuledHeaders } from './hot-path-rules.ts'
import { UNKNOWN_PEER } from './nobody.ts'
import type { ZonePlan } from './plan.ts'
import { nextRay } from './ray.ts'
import type { HostRoute } from './routes.ts'
import { copyOf } from './sharing.ts'
import { keyRequest } from './stages/cache-settings.ts'
import { stillStands } from './standing.ts'
import { storedFields } from './stored-fields.ts'

/** An answer prepared for one second. */
type Prepared = {
  readonly plan: ZonePlan
  /** Good in [from, until). */
  readonly from: EpochMillis
  readonly until: number
  readonly init: { readonly status: number; readonly headers: Headers }
  readonly content: Content
  /** What rules last made of the headers. */
  readonly ruled: RuledHeaders
}

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

type Asked = {
  readonly route: Extract<HostRoute, { kind: 'found' }>
  readonly scheme: Scheme
  readonly plan: ZonePlan
  readonly headers: Headers
  readonly now: EpochMillis
}

function answerPlain(request: Request, server: PeerSource, asked: Asked, edge: EdgeServices): Response | undefined {
  const prepared = findPrepared(request.url, asked, edge)
  if (prepared === undefined) return undefined
  const ray = nextRay()
  const { init, content } = prepared
  init.headers.set('cf-ray', ray)
  if (edge.accessLog) {
    const client = server.requestIP(request)?.address ?? UNKNOWN_PEER
    writeRecord(
      {
        url: request.url,
        client,
        ray,
        at: asked.now,
        why: [...asked.plan.sentences, FRESH_IN_MEMORY],
        length: content.length,
      },
      edge,
    )
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
function findPrepared(url: string, asked: Asked, edge: EdgeServices): Prepared | undefined {
  const { plan, headers, now } = asked
  const field = (name: string): string | null => headers.get(name)
  const key = plan.sharesCopies ? commonKeyOf(url, asked, field, edge) : keyOf(url, asked, field, edge)
  const entry = key === undefined ? undefined : edge.store.peek(key)
  if (entry === undefined || (plan.shortcut === 'plain' && isSpecial(headers))) return undefined
  const variant = findVariant(entry, field, plan.settings.vary)
  if (variant === undefined || !stillStands(variant, edge)) return undefined
  if (plan.sharesCopies && !mayAnswerOrigin(variant, plan, field('origin'), edge)) return undefined
  return preparedFor(variant, plan, now, edge)
}

/** Keys that are remembered; more than that is forgotten and worked out again. */
const MAX_KNOWN_KEYS = 16_384

/**
 * The key of a request, or undefined when it is not eligible or not plain.  A key that is made of URL and Origin alone is
 * worked out once and found by them again; only keys of what is stored are remembered, so that strangers cannot fill it.
 */
function keyOf(url: string, asked: Asked, field: ReadField, edge: EdgeServices): string | undefined {
  const { route, plan } = asked
  if (!plan.isKeyedByOriginOnly) return workOut(url, asked, field)?.key
  const { knownKeys } = edge.routes
  const origin = field('origin')
  // Neither a URL nor a field can have a line's end, so no two requests are one text.
  const seen = origin === null ? url : `${url}\n${origin}`
  const known = knownKeys.get(seen)
  if (known?.route === route && known.plan === plan && collectOverrides(field).length === 0) return known.key
  const made = workOut(url, asked, field)
  if (made !== undefined && made.overrides.length === 0 && edge.store.peek(made.key) !== undefined) {
    if (knownKeys.size >= MAX_KNOWN_KEYS) knownKeys.clear()
    knownKeys.set(seen, { route, plan, key: made.key })
  }
  return made?.key
}

/**
 * Where Origins share copies: the key for everybody when something is stored under it, else the Origin's own.  The first is
 * found again by the URL alone, whoever asks.
 */
function commonKeyOf(url: string, asked: Asked, field: ReadField, edge: EdgeServices): string | undefined {
  const { route, plan } = asked
  const origin = field('origin')
  if (origin !== null && origin !== 'null' && !isSerializedOrigin(origin)) return undefined
  const { knownKeys } = edge.routes
  const isPlain = plan.isKeyedByOriginOnly && collectOverrides(field).length === 0
  const known = isPlain ? knownKeys.get(url) : undefined
  if (known?.route === route && known.plan === plan && edge.store.peek(known.key) !== undefined) return known.key
  const made = workOut(url, asked, field)
  if (made?.shared === undefined || edge.store.peek(made.shared) === undefined) return made?.key
  if (isPlain) {
    if (knownKeys.size >= MAX_KNOWN_KEYS) knownKeys.clear()
    knownKeys.set(url, { route, plan, key: made.shared })
  }
  return made.shared
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

type ReadField = (name: string) => string | null
type WorkedOut = { readonly key: string; readonly shared: string | undefined; readonly overrides: Overrides }

function workOut(url: string, { route, scheme, plan }: Asked, field: ReadField): WorkedOut | undefined {
  const target = targetOf(url)
  if (target === undefined) return undefined
  const { settings, rules } = plan
  const { path, query } = target
  if (settings.sortQuery && query !== '') return undefined
  // A key with the visitor's country, or of another spelling of the path: the pipeline works it out.
  if (settings.key.custom?.user.geo === true) return undefined
  const { scope, type } = rules.urlNormalization
  if (scope === 'both' && normalizeUrl(target, type) !== target) return undefined
  if (plan.decideEligible('GET', path, query, route.port).kind !== 'eligible') return undefined
  const { origin, authority } = route
  const overrides = collectOverrides(field)
  const asked = keyRequest({ origin, scheme, authority, hostHeader: undefined, path, query }, field, undefined)
  const shared = plan.sharesCopies ? plan.keys.common(asked, overrides)?.shared : undefined
  return { key: plan.keys.make(asked, overrides), shared, overrides }
}

/** Path and query; undefined for a URL that is not plain. */
function targetOf(url: string): { readonly path: string; readonly query: string } | undefined {
  const start = url.indexOf('/', 8)
  if (start < 0 || url.includes('#')) return undefined
  const question = url.indexOf('?', start)
  if (question < 0) return { path: url.slice(start), query: '' }
  return { path: url.slice(start, question), query: url.slice(question) }
}

function preparedFor(variant: Variant, plan: ZonePlan, now: EpochMillis, edge: EdgeServices): Prepared | undefined {
  const known = variant.prepared as Prepared | undefined
  if (known !== undefined && known.plan === plan && now >= known.from && now < known.until) {
    // Counts as a use, so that what is asked for stays.
    if (variant.invalidatedAt === undefined && edge.store.peekContent(variant) !== undefined) return known
  }
  const made = prepare(variant, plan, now, edge)
  variant.prepared = made
  return made
}

function prepare(variant: Variant, plan: ZonePlan, now: EpochMillis, edge: EdgeServices): Prepared | undefined {
  const { response } = variant
  if (response.status !== 200) return undefined
  if (decideReuse(response, variant.invalidatedAt, now).kind !== 'fresh') return undefined
  const content = edge.store.peekContent(variant)
  if (content === undefined) return undefined
  const headers = storedFields(response, 'reused-fresh', plan, now)
  // The runtime would name a type of its own.
  if (!headers.has('content-type')) return undefined
  // Rules see it; the runtime would send the same.
  if (plan.shortcut === 'with-rules') headers.set('content-length', String(content.length))
  const age = now - response.responseTime + response.initialAge
  return {
    plan,
    from: now,
    until: Math.min(freshUntil(response), now + 1000 - (age % 1000)),
    init: { status: 200, headers },
    content,
    ruled: { managed: undefined, own: undefined },
  }
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
