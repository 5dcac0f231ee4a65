// What origin servers do about CORS, right and wrong, as data: a behaviour is plain JSON, so that one which once made a
// difference can be kept as a fixture.  What a behaviour answers depends on the request alone.

import { gzipSync } from 'node:zlib'
import type { Answer, FieldLine, RecordedRequest } from '../support/index.ts'
import type { Random } from './random.ts'

/** Pages and hosts by name; the addresses are the run's. */
export type World = {
  /** The origin of a page: what a browser sends for it, and what a grant names. */
  originOf(page: PageName): string
  /** The base URL of a host: `http://r.localhost:1234`. */
  baseOf(host: HostName): string
}

/** `own` is the page of the very host that is asked; `opaque` and `data` have no origin that could be named. */
export const PAGE_NAMES = ['a', 'b', 'port', 'own', 'opaque', 'data'] as const
export type PageName = (typeof PAGE_NAMES)[number]
export const HOST_NAMES = ['r', 's', 'a', 'b'] as const
export type HostName = (typeof HOST_NAMES)[number]

/** How Access-Control-Allow-Origin comes about. */
export const GRANTS = [
  'none', 'star', 'reflect', 'fixed', 'list', 'null', 'slash', 'path', 'upper-case', 'pattern', 'empty', 'several', 'two-fields', 'two-stars', 'other-port', 'reflect-always',
] as const // biome-ignore format: a list
export type Grant = (typeof GRANTS)[number]

/** Answers on which the grant is forgotten. */
export const GAPS = ['error', '304', 'redirect', 'preflight', 'not-preflight'] as const
export type Gap = (typeof GAPS)[number]

export type Redirect = { readonly status: number; readonly to: string }

export type Behaviour = {
  readonly name: string
  readonly grant: Grant
  readonly credentials: 'true' | 'True' | 'false' | null
  /** Vary: Origin: on every answer, on those with a grant, or on none; or `*` on every one. */
  readonly vary: 'always' | 'granted' | 'never' | 'star'
  readonly gaps: readonly Gap[]
  readonly status: number
  readonly entityTag: boolean
  readonly cacheControl: string | null
  /** Where /x sends on to; /y never does. */
  readonly redirect: Redirect | null
  /** Where /x2 sends on to, when not as /x does. */
  readonly onward: Redirect | null
  readonly preflight: { readonly status: number; readonly methods: string | null; readonly headers: string | null; readonly maxAge: string | null } // biome-ignore format: short
  readonly expose: string | null
  readonly resourcePolicy: string | null
  /** Timing-Allow-Origin; `page` stands for the origin of page a. */
  readonly timing: string | null
  readonly encodes: boolean
  /** Answers a range with a part. */
  readonly parts: boolean
  readonly setCookie: boolean
  /** Cuts the connection instead of answering. */
  readonly cuts: boolean
}

const PLAIN: Behaviour = {
  ...{ name: 'plain', grant: 'star', credentials: null, vary: 'never', gaps: [], status: 200, entityTag: false },
  ...{ cacheControl: 'max-age=60', redirect: null, onward: null, expose: null },
  ...{ resourcePolicy: null, timing: null, parts: false, setCookie: false },
  preflight: {
    status: 204,
    methods: 'GET, PUT, DELETE',
    headers: 'x-a, authorization, content-type, range',
    maxAge: null,
  },
  ...{ encodes: false, cuts: false },
}

/** The first hops of chains, and the last ones; `r` is the host that is asked first. */
const CHAIN_STARTS = ['/x2', 's/x2', 'a/x2', 'b/x2'] as const
const CHAIN_ENDS = ['/y', 'r/y', 's/y', 'a/y', 'b/y'] as const
const REDIRECT_STATUSES = [301, 302, 303, 307, 308] as const

/** Locations: a path, `HOST/path`, or as they stand. */
const LOCATIONS = ['/y', 's/y', 'a/y', 'b/y', 's/x2', 'data:,x', 'http://[', 'ftp://r.localhost/', 'credentials', 'own-credentials', '', 'empty', '/y#part', '//[::1', 'two', 'ä/y'] as const // biome-ignore format: a list

type Make = (random: Random) => Partial<Behaviour>

const allows = (change: Partial<Behaviour['preflight']>): Behaviour['preflight'] => ({ ...PLAIN.preflight, ...change })

/** The kinds, each with its chances. */
export const BEHAVIOURS: readonly (readonly [name: string, make: Make])[] = [
  ['no grant', () => ({ grant: 'none' })],
  ['constant *', () => ({ grant: 'star' })],
  ['* with a wasted Vary', () => ({ grant: 'star', vary: 'always' })],
  ['* with credentials', () => ({ grant: 'star', credentials: 'true' })],
  ['reflecting with Vary', () => ({ grant: 'reflect', vary: 'always' })],
  ['reflecting without Vary', () => ({ grant: 'reflect', vary: 'never' })],
  ['reflecting with Vary on granted answers only', () => ({ grant: 'reflect', vary: 'granted' })],
  ['reflecting with credentials', (random) => ({ grant: 'reflect', credentials: random.pick(['true', 'True', 'false']), vary: 'always' })],
  ['allow-list with Vary', () => ({ grant: 'list', vary: 'always', credentials: 'true' })],
  ['allow-list without Vary on the rejected branch', () => ({ grant: 'list', vary: 'granted' })],
  ['one fixed origin', (random) => ({ grant: 'fixed', credentials: random.pick([null, 'true']) })],
  ['null granted', (random) => ({ grant: 'null', credentials: random.pick([null, 'true']) })],
  ['a trailing slash', () => ({ grant: 'slash' })],
  ['a path', () => ({ grant: 'path' })],
  ['upper case', () => ({ grant: 'upper-case' })],
  ['a pattern', () => ({ grant: 'pattern' })],
  ['an empty value', () => ({ grant: 'empty' })],
  ['another port', () => ({ grant: 'other-port' })],
  ['several values', () => ({ grant: 'several' })],
  ['two fields', (random) => ({ grant: random.pick(['two-fields', 'two-stars']) })],
  ['errors, granted or not', (random) => ({ grant: random.pick(['star', 'reflect']), status: random.pick([400, 404, 500, 503]), gaps: random.pick([[], ['error']]) })],
  ['304, granted or not', (random) => ({ grant: random.pick(['star', 'reflect']), entityTag: true, gaps: random.pick([[], ['304']]), cacheControl: random.pick(['max-age=0', 'max-age=10', 'no-cache']) })],
  ['redirects', (random) => ({ grant: random.pick(['star', 'reflect', 'fixed', 'null', 'none']), credentials: random.pick([null, 'true']), gaps: random.pick([[], ['redirect']]), redirect: { status: random.pick(REDIRECT_STATUSES), to: random.pick(LOCATIONS) } })],
  ['chains of redirects', (random) => ({ grant: random.pick(['star', 'star', 'reflect', 'reflect', 'list', 'null']), credentials: random.pick([null, 'true']), vary: 'always', timing: random.pick([null, '*', 'page']), redirect: { status: random.pick(REDIRECT_STATUSES), to: random.pick(CHAIN_STARTS) }, onward: { status: random.pick(REDIRECT_STATUSES), to: random.pick(CHAIN_ENDS) } })],
  ['parts', (random) => ({ grant: random.pick(['star', 'reflect', 'none']), parts: true, expose: random.pick([null, 'content-range']), entityTag: random.once(2) })],
  ['Vary: *', (random) => ({ grant: random.pick(['star', 'reflect']), vary: 'star' })],
  ['no content', (random) => ({ grant: random.pick(['star', 'reflect', 'none']), status: random.pick([203, 204, 205, 410]) })],
  ['preflight: methods', (random) => ({ grant: 'reflect', credentials: random.pick([null, 'true']), preflight: allows({ methods: random.pick(['*', 'PUT', 'put', 'GET', '', null, 'PUT DELETE', 'PUT, DELETE, PATCH, QUERY']) }) })],
  ['preflight: headers', (random) => ({ grant: 'reflect', credentials: random.pick([null, 'true']), preflight: allows({ headers: random.pick(['*', 'X-A', '*, Authorization', 'x-b', '', null, 'x-a; x-b']) }) })],
  ['preflight: status', (random) => ({ grant: random.pick(['star', 'reflect']), preflight: allows({ status: random.pick([200, 204, 299, 301, 307, 401, 403, 404, 405, 500]) }) })],
  ['preflight: grant forgotten', (random) => ({ grant: random.pick(['star', 'reflect']), gaps: ['preflight'] })],
  ['preflight: the only answer with a grant', () => ({ grant: 'reflect', gaps: ['not-preflight'] })],
  ['exposed names', (random) => ({ grant: 'reflect', credentials: 'true', expose: random.pick(['*', 'ETag, X-Secret', 'x-secret', 'X-Secret;', '', 'set-cookie, content-range']), entityTag: true, setCookie: random.once(2) })],
  ['resource policy', (random) => ({ grant: random.pick(['star', 'none']), resourcePolicy: random.pick(['same-origin', 'same-site', 'cross-origin', 'x']), timing: random.pick([null, '*']) })],
  ['timing', (random) => ({ grant: 'star', timing: random.pick([null, '*', 'null', 'http://a.example', '*, x', 'page']), redirect: random.once(2) ? { status: 302, to: random.pick(['/y', 's/y', 'a/y']) } : null })],
  ['not stored', (random) => ({ grant: random.pick(['reflect', 'list']), cacheControl: random.pick(['no-store', 'private', null]) })],
  ['stale while it is validated', (random) => ({ grant: 'reflect', entityTag: random.once(2), cacheControl: 'max-age=10, stale-while-revalidate=60' })],
  ['stale when it fails', () => ({ grant: 'reflect', cacheControl: 'max-age=10, stale-if-error=300' })],
  ['encoded', (random) => ({ grant: random.pick(['star', 'reflect']), encodes: true })],
  ['no answer', () => ({ cuts: true })],
] // biome-ignore format: a table

/** A behaviour of a random kind. */
export function pickBehaviour(random: Random): Behaviour {
  const [name, make] = random.pick(BEHAVIOURS)
  return { ...PLAIN, ...make(random), name }
}

/** What the behaviour answers; undefined: it cuts the connection. */
export function answerOf(behaviour: Behaviour, request: RecordedRequest, world: World): Answer | undefined {
  if (behaviour.cuts) return undefined
  const isPreflight = request.method === 'OPTIONS' && request.field('access-control-request-method') !== undefined
  return isPreflight ? preflightAnswer(behaviour, request, world) : plainAnswer(behaviour, request, world)
}

function preflightAnswer(behaviour: Behaviour, request: RecordedRequest, world: World): Answer {
  const { status, methods, headers, maxAge } = behaviour.preflight
  const fields: FieldLine[] = behaviour.gaps.includes('preflight') ? [] : [...grantFields(behaviour, request, world)]
  if (methods !== null) fields.push(['Access-Control-Allow-Methods', methods])
  if (headers !== null) fields.push(['Access-Control-Allow-Headers', headers])
  if (maxAge !== null) fields.push(['Access-Control-Max-Age', maxAge])
  if (status >= 300 && status < 400) fields.push(['Location', '/y'])
  return { status, fields }
}

function plainAnswer(behaviour: Behaviour, request: RecordedRequest, world: World): Answer {
  const redirect = redirectOf(behaviour, request)
  const tag = '"1"'
  const isConfirmed = behaviour.entityTag && request.field('if-none-match') === tag
  const part = behaviour.parts && redirect === null ? partOf(request) : undefined
  const status = isConfirmed ? 304 : (redirect?.status ?? part?.status ?? behaviour.status)
  const gap: Gap = status === 304 ? '304' : redirect !== null ? 'redirect' : status >= 400 ? 'error' : 'not-preflight'
  const isForgotten = behaviour.gaps.includes(gap) || behaviour.gaps.includes('not-preflight')
  const fields: FieldLine[] = [
    ['Content-Type', 'text/plain'],
    ['X-Secret', 'x'],
    ...(isForgotten ? [] : grantFields(behaviour, request, world)),
    ...(behaviour.cacheControl === null ? [] : [['Cache-Control', behaviour.cacheControl] as const]),
    ...(behaviour.entityTag ? [['ETag', tag] as const] : []),
    ...(behaviour.expose === null ? [] : [['Access-Control-Expose-Headers', behaviour.expose] as const]),
    ...(behaviour.resourcePolicy === null ? [] : [['Cross-Origin-Resource-Policy', behaviour.resourcePolicy] as const]),
    ...(behaviour.timing === null ? [] : [['Timing-Allow-Origin', timingOf(behaviour.timing, world)] as const]),
    ...(behaviour.parts ? [['Accept-Ranges', 'bytes'] as const] : []),
    ...(part === undefined || status === 304 ? [] : [['Content-Range', part.range] as const]),
    ...(behaviour.setCookie ? [['Set-Cookie', 'a=b'] as const] : []),
    ...(redirect === null ? [] : locationsOf(redirect.to, request, world)),
  ]
  if (status === 204 || status === 205) return { status, fields }
  if (part !== undefined && status !== 304) return { status, fields, body: part.body }
  if (!behaviour.encodes) return { status, fields, body: CONTENT }
  const accepts = request.field('accept-encoding')?.includes('gzip') === true
  fields.push(['Vary', 'Accept-Encoding'], ...(accepts ? [['Content-Encoding', 'gzip'] as const] : []))
  return { status, fields, body: accepts ? gzipSync(CONTENT) : CONTENT }
}

/** `page` stands for the origin of page a. */
function timingOf(timing: string, world: World): string {
  return timing === 'page' ? `http://b.example, ${world.originOf('a')}` : timing
}

function redirectOf({ redirect, onward }: Behaviour, { path }: RecordedRequest): Redirect | null {
  if (path.endsWith('/x2')) return onward ?? redirect
  return path.endsWith('/x') ? redirect : null
}

const CONTENT = 'content'

/** One range from the start or to the end, as servers of files do it; others are not looked at. */
function partOf(
  request: RecordedRequest,
): { readonly status: number; readonly range: string; readonly body: string } | undefined {
  const [, first = '', last = ''] = /^bytes=(\d*)-(\d*)$/.exec(request.field('range') ?? '') ?? []
  if (first === '' && last === '') return undefined
  const from = first === '' ? Math.max(0, CONTENT.length - Number(last)) : Number(first)
  if (from >= CONTENT.length) return { status: 416, range: `bytes */${CONTENT.length}`, body: '' }
  const to = first === '' || last === '' ? CONTENT.length - 1 : Math.min(Number(last), CONTENT.length - 1)
  return { status: 206, range: `bytes ${from}-${to}/${CONTENT.length}`, body: CONTENT.slice(from, to + 1) }
}

function locationsOf(to: string, request: RecordedRequest, world: World): readonly FieldLine[] {
  if (to === '') return []
  if (to === 'empty') return [['Location', '']]
  if (to === 'two') return ['/y', 's/y'].map((each) => ['Location', locationOf(each, request, world)] as const)
  return [['Location', locationOf(to, request, world)]]
}

function locationOf(to: string, { path }: RecordedRequest, world: World): string {
  const directory = path.replace(/\/[^/]*$/, '')
  if (/^\/\w/.test(to)) return `${directory}${to}`
  if (to === 'credentials') return `${world.baseOf('s').replace('http://', 'http://u:p@')}${directory}/y`
  if (to === 'own-credentials') return `${world.baseOf('r').replace('http://', 'http://u:p@')}${directory}/y`
  const [, host, rest] = /^([rsab])(\/.*)$/.exec(to) ?? []
  return host === undefined ? to : `${world.baseOf(host as HostName)}${directory}${rest}`
}

function grantFields(behaviour: Behaviour, request: RecordedRequest, world: World): readonly FieldLine[] {
  const origin = request.field('origin')
  const values = grantValues(behaviour.grant, origin, world)
  const isGranted = values.length > 0
  return [
    ...(behaviour.vary === 'star' ? [['Vary', '*'] as const] : []),
    ...values.map((value) => ['Access-Control-Allow-Origin', value] as const),
    ...(isGranted && behaviour.credentials !== null
      ? [['Access-Control-Allow-Credentials', behaviour.credentials] as const]
      : []),
    ...(behaviour.vary === 'always' || (behaviour.vary === 'granted' && isGranted)
      ? [['Vary', 'Origin'] as const]
      : []),
  ]
}

function grantValues(grant: Grant, origin: string | undefined, world: World): readonly string[] {
  const [a, b] = [world.originOf('a'), world.originOf('b')]
  const asked = origin === undefined ? [] : [origin]
  switch (grant) {
    case 'none':
      return []
    case 'star':
      return ['*']
    case 'reflect':
      return asked
    case 'reflect-always':
      return [origin ?? a]
    case 'fixed':
      return [a]
    case 'list':
      return asked.filter((each) => each === a || each === b)
    case 'null':
      return ['null']
    case 'slash':
      return asked.map((each) => `${each}/`)
    case 'path':
      return asked.map((each) => `${each}/app`)
    case 'upper-case':
      return asked.map((each) => each.toUpperCase())
    case 'pattern':
      return ['http://*.localhost']
    case 'empty':
      return ['']
    case 'several':
      return [`${a}, ${b}`]
    case 'two-fields':
      return [a, b]
    case 'two-stars':
      return ['*', '*']
    case 'other-port':
      return [`${a.replace(/:\d+$/, '')}:1`]
  }
}
