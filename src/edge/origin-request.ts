// The request to the origin server, made from the client's.  RFC 9110 §7.6; CF fundamentals/reference/http-headers
//
// What the client says about itself is overwritten or dropped: the addresses, the scheme and everything that begins with
// `cf-` come from this edge or from nobody.  X-Forwarded-For is appended to and ends in the real peer.  Host is spelled as
// the key has it, so that no spelling of one visitor's shows in what another is answered (docs/decisions/0165).

import { deviceType, originVaryFields, type StoredResponse, validationFields } from '../cache/index.ts'
import { appendForwardedFor, connectionOptions, type FieldList, HOP_BY_HOP, isGuarded } from '../http/index.ts'
import type { EdgeServices } from './edge.ts'
import { fieldReader, type KeyedExchange, type RoutedExchange } from './exchange.ts'
import { editRequest } from './header-edits.ts'
import { contextWith, isVisitors } from './rule-facts.ts'

/** This edge in CDN-Loop.  RFC 8586 */
export const CDN_ID = 'varyant'

/** Fields that end here beside the hop-by-hop ones: the listener has dealt with them. */
const ENDED_HERE: ReadonlySet<string> = new Set([...HOP_BY_HOP, 'expect'])
/** A response is fetched whole and unconditionally to fill the cache.  CF reference/etag-headers */
const CONDITIONS: readonly string[] = [
  'range',
  'if-range',
  'if-match',
  'if-none-match',
  'if-modified-since',
  'if-unmodified-since',
]
const VISITOR: Readonly<Record<string, string>> = { http: '{"scheme":"http"}', https: '{"scheme":"https"}' }

/** The fields of a request that is passed on as it is. */
export function passingFields(exchange: RoutedExchange): Headers {
  if (!isVisitors(exchange)) return editedFields(exchange)
  const headers = introducedFields(exchange)
  const host = hostFor(exchange)
  if (headers.get('host') !== host) headers.set('host', host)
  return headers
}

/** The fields as a script sees them: the client's, edited by rules, and what this edge says about the client. */
export function scriptFields(exchange: RoutedExchange): Headers {
  const headers = isVisitors(exchange) ? introducedFields(exchange) : new Headers(exchange.presented)
  const loop = exchange.clientRequest.headers.get('cdn-loop')
  // This edge adds itself when the request leaves it.
  if (loop === null) headers.delete('cdn-loop')
  else headers.set('cdn-loop', loop)
  headers.set('host', exchange.authority)
  headers.set('x-real-ip', exchange.peer)
  return headers
}

/** The client's fields without what ends here, and with what this edge says about the client: what rules may edit. */
export function introducedFields(exchange: RoutedExchange): Headers {
  const headers = new Headers(exchange.clientRequest.headers)
  endHere(headers)
  introduce(headers, exchange)
  return headers
}

/** The fields that rules have edited, with what no rule takes away.  CF: X-Forwarded-For is added again when it was removed. */
function editedFields(exchange: RoutedExchange): Headers {
  const headers = new Headers(exchange.presented)
  complete(headers, exchange)
  return headers
}

function complete(headers: Headers, exchange: RoutedExchange): void {
  for (const name of ENDED_HERE) headers.delete(name)
  if (!headers.has('x-forwarded-for')) headers.set('x-forwarded-for', exchange.peer)
  headers.set('cdn-loop', loopOf(exchange.clientRequest.headers))
  headers.set('host', hostFor(exchange))
}

function hostFor({ hostHeader, authority }: RoutedExchange): string {
  return hostHeader ?? authority
}

/** The fields of a request whose answer may be stored; with `stored`, one that validates it.  RFC 9111 §4.3.1 */
export function fetchingFields(exchange: KeyedExchange, stored: StoredResponse | undefined): Headers {
  const headers = passingFields(exchange)
  for (const name of CONDITIONS) headers.delete(name)
  settleNegotiation(headers, exchange)
  addValidators(headers, stored)
  return headers
}

/**
 * The fields of a validation that no client waits for: those that the stored response was an answer to, whoever triggers
 * it.  So the copy of one Origin is never refreshed in the name of another, nor with anybody's credentials.
 */
export function backgroundFields(
  exchange: KeyedExchange,
  stored: StoredResponse,
  conditions: StoredResponse | undefined,
  edge: EdgeServices,
): Headers {
  const headers = new Headers({ host: hostFor(exchange) })
  for (const [name, value] of stored.requestFields) headers.set(name, value)
  endHere(headers)
  introduce(headers, exchange)
  // Rules run once more, over the fields of nobody: what they add for the origin server it gets here too.
  if (!isVisitors(exchange)) {
    const fault = editRequest(headers, exchange.plan.rules, contextWith(exchange, headers, edge), exchange.trail)
    if (fault !== undefined) throw fault
    complete(headers, exchange)
  }
  settleNegotiation(headers, exchange)
  addValidators(headers, conditions)
  return headers
}

/** What a background validation will have to send again: the fields that key and selection were made of. */
export function rememberedFields(
  { plan: { keys } }: KeyedExchange,
  nominated: readonly string[],
  field: (name: string) => string | null,
): FieldList {
  const names = new Set([...keys.fieldNames, ...nominated])
  const fields: [string, string][] = []
  for (const name of names) {
    const value = field(name)
    if (value !== null) fields.push([name, value])
  }
  return fields
}

/**
 * Takes out, in one walk over the names, what ends here and what only this edge may say: most requests have two or three
 * such fields, and asking for each of the fourteen that there could be costs more.
 */
function endHere(headers: Headers): void {
  const connection = headers.get('connection')
  const ended: string[] = connection === null ? [] : [...connectionOptions(connection)]
  for (const name of headers.keys()) {
    if (ENDED_HERE.has(name) || name.startsWith('cf-') || passesForGuarded(name)) ended.push(name)
  }
  for (const name of ended) headers.delete(name)
}

/** To origin servers behind CGI and its like, "_" and "-" in a name are the same: `X_Forwarded_Host` is X-Forwarded-Host. */
function passesForGuarded(name: string): boolean {
  if (!name.includes('_')) return false
  const twin = name.replaceAll('_', '-')
  return isGuarded(twin) || HOP_BY_HOP.has(twin)
}

/** Whether the visitor's Connection strikes out a field that the request has: one that the origin server does not get. */
export function strikesOut(headers: Headers): boolean {
  const connection = headers.get('connection')
  if (connection === null || connection === 'keep-alive') return false
  return [...connectionOptions(connection)].some((name) => !HOP_BY_HOP.has(name) && headers.has(name))
}

function introduce(headers: Headers, { peer, ray, scheme, caller }: RoutedExchange): void {
  headers.set('cf-connecting-ip', peer)
  headers.set('cf-ray', ray)
  headers.set('cf-visitor', VISITOR[scheme] ?? '')
  headers.set('x-forwarded-proto', scheme)
  headers.set('x-forwarded-for', appendForwardedFor(headers.get('x-forwarded-for'), peer))
  headers.set('cdn-loop', loopOf(headers))
  if (caller !== undefined) headers.set('cf-worker', caller.zoneName)
}

/**
 * The value of a field as the origin server receives it, for what Vary selects: of what this edge says of the visitor, that,
 * and not what the visitor says.
 */
export function sentFieldReader(exchange: RoutedExchange): (name: string) => string | null {
  const { presented, scheme, peer } = exchange
  const read = fieldReader(presented)
  if (!isVisitors(exchange)) return read
  return (name) => {
    switch (name) {
      case 'x-forwarded-proto':
        return scheme
      case 'cf-visitor':
        return VISITOR[scheme] ?? null
      case 'x-forwarded-for':
        return appendForwardedFor(read(name), peer)
      case 'cf-connecting-ip':
        return peer
      default:
        return read(name)
    }
  }
}

/** RFC 8586 §2: every CDN adds itself. */
function loopOf(headers: Headers): string {
  const loop = headers.get('cdn-loop')
  return loop === null || loop === '' ? CDN_ID : `${loop}, ${CDN_ID}`
}

function settleNegotiation(headers: Headers, { plan }: KeyedExchange): void {
  const { settings, keys } = plan
  for (const [name, value] of originVaryFields(settings.vary, fieldReader(headers), settings.respectStrongEtags)) {
    if (value === undefined) headers.delete(name)
    else headers.set(name, value)
  }
  if (keys.usesDeviceType) headers.set('cf-device-type', deviceType(headers.get('user-agent') ?? ''))
}

function addValidators(headers: Headers, stored: StoredResponse | undefined): void {
  if (stored === undefined) return
  for (const [name, value] of validationFields(stored)) headers.set(name, value)
}
