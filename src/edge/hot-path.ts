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
import type { EdgeServices } from './edge.ts'
import { type PeerSource, type Scheme, UNKNOWN_PEER } from './exchange.ts'
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
  const plan = route.plans.at(now)
  const field = (name: string): string | null => headers.get(name)
  const asked = { route, scheme, plan, field }
  const key = plan.sharesCopies ? commonKeyOf(request.url, asked, edge) : keyOf(request.url, asked, edge)
  const entry = key === undefined ? undefined : edge.store.peek(key)
  if (entry === undefined) return undefined
  if (
    headers.has('range') ||
    headers.has('if-none-match') ||
    headers.has('if-modified-since') ||
    headers.has('upgrade') ||
    // screen.ts answers what has been through here before.
    headers.has('cdn-loop')
  ) {
    return undefined
  }
  const variant = findVariant(entry, field, plan.settings.vary)
  if (variant === undefined || !stillStands(variant, edge)) return undefined
  if (plan.sharesCopies && !mayAnswerOrigin(variant, plan, field('origin'), edge)) return undefined
  const prepared = preparedFor(variant, plan, now, edge)
  if (prepared === undefined) return undefined
  const ray = nextRay()
  prepared.init.headers.set('cf-ray', ray)
  if (edge.accessLog) writeRecord(request, server, ray, now, prepared.content.length, edge)
  return new Response(contentBlob(prepared.content), prepared.init)
}

type Asked = {
  readonly route: Extract<HostRoute, { kind: 'found' }>
  readonly scheme: Scheme
  readonly plan: ZonePlan
  readonly field: (name: string) => string | null
}

/** Keys that are remembered; more than that is forgotten and worked out again. */
const MAX_KNOWN_KEYS = 16_384

/**
 * The key of a request, or undefined when it is not eligible or not plain.  A key that is made of URL and Origin alone is
 * worked out once and found by them again; only keys of what is stored are remembered, so that strangers cannot fill it.
 */
function keyOf(url: string, asked: Asked, edge: EdgeServices): string | undefined {
  const { route, plan, field } = asked
  if (!plan.isKeyedByOriginOnly || plan !== route.plans.normal) return workOut(url, asked)?.key
  const { knownKeys } = edge.routes
  const origin = field('origin')
  // Neither a URL nor a field can have a line's end, so no two requests are one text.
  const seen = origin === null ? url : `${url}\n${origin}`
  const known = knownKeys.get(seen)
  if (known !== undefined && known.route === route && collectOverrides(field).length === 0) return known.key
  const made = workOut(url, asked)
  if (made !== undefined && made.overrides.length === 0 && edge.store.peek(made.key) !== undefined) {
    if (knownKeys.size >= MAX_KNOWN_KEYS) knownKeys.clear()
    knownKeys.set(seen, { route, key: made.key })
  }
  return made?.key
}

/**
 * Where Origins share copies: the key for everybody when something is stored under it, else the Origin's own.  The first is
 * found again by the URL alone, whoever asks.
 */
function commonKeyOf(url: string, asked: Asked, edge: EdgeServices): string | undefined {
  const { route, plan, field } = asked
  const origin = field('origin')
  if (origin !== null && origin !== 'null' && !isSerializedOrigin(origin)) return undefined
  const { knownKeys } = edge.routes
  const isPlain = plan.isKeyedByOriginOnly && plan === route.plans.normal && collectOverrides(field).length === 0
  const known = isPlain ? knownKeys.get(url) : undefined
  if (known?.route === route && edge.store.peek(known.key) !== undefined) return known.key
  const made = workOut(url, asked)
  if (made?.shared === undefined || edge.store.peek(made.shared) === undefined) return made?.key
  if (isPlain) {
    if (knownKeys.size >= MAX_KNOWN_KEYS) knownKeys.clear()
    knownKeys.set(url, { route, key: made.shared })
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

type WorkedOut = { readonly key: string; readonly shared: string | undefined; readonly overrides: Overrides }

function workOut(url: string, { route, scheme, plan, field }: Asked): WorkedOut | undefined {
  const start = url.indexOf('/', 8)
  if (start < 0 || url.includes('#')) return undefined
  const question = url.indexOf('?', start)
  const path = question < 0 ? url.slice(start) : url.slice(start, question)
  const query = question < 0 ? '' : url.slice(question)
  if (plan.settings.sortQuery && query !== '') return undefined
  if (plan.decideEligible('GET', path, query, route.port).kind !== 'eligible') return undefined
  const { origin, authority } = route
  const overrides = collectOverrides(field)
  const request = keyRequest({ origin, scheme, authority, path, query }, field)
  const shared = plan.sharesCopies ? plan.keys.common(request, overrides)?.shared : undefined
  return { key: plan.keys.make(request, overrides), shared, overrides }
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
  const age = now - response.responseTime + response.initialAge
  return {
    plan,
    from: now,
    until: Math.min(freshUntil(response), now + 1000 - (age % 1000)),
    init: { status: 200, headers },
    content,
  }
}

function writeRecord(
  request: Request,
  server: PeerSource,
  ray: string,
  at: EpochMillis,
  length: number,
  edge: EdgeServices,
): void {
  const client = server.requestIP(request)?.address ?? UNKNOWN_PEER
  edge.events({
    kind: 'access',
    record: {
      ...{ ray, at, client, method: 'GET', url: request.url, status: 200, cacheStatus: 'hit' },
      why: FRESH_IN_MEMORY,
      bytes: length,
      durationMillis: 0,
      originMillis: undefined,
    },
  })
}

const FRESH_IN_MEMORY: readonly string[] = ['a stored response is fresh']
