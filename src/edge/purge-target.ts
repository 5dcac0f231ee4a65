// What a purge asks of the data plane: under which key a visitor's request for a URL would be looked up.
//
// A synthetic GET goes through the pipeline's own stages: normalisation, rewrites, Origin Rules, request fields and cache
// rules.  Its fields are those that the purge gives, CF-Device-Type and CF-IPCountry among them, which from a visitor would
// not be believed.  CF cache/how-to/purge-cache/purge-by-single-file
//
// DEVIATION CF cache/how-to/cache-rules/settings: the synthetic request is a GET, not a PURGE, so that rules which ask for
// GET apply to it as they do to the visitor; docs/decisions/0074.

import { fail, ok, type Result } from '../base/index.ts'
import { collectOverrides, type KeyRequest } from '../cache/index.ts'
import { type FieldList, parseHost, sortQuery, splitTarget } from '../http/index.ts'
import type { Addressed, PurgeTarget } from '../purge/index.ts'
import type { EdgeServices } from './edge.ts'
import { makeExchange, type RoutedExchange, routed, type Scheme } from './exchange.ts'
import { UNKNOWN_PEER } from './nobody.ts'
import { outsidePlan } from './plan.ts'
import type { HostRoute } from './routes.ts'
import { outsideKey } from './script-keys.ts'
import { outsideTarget } from './script-target.ts'
import { keyRequest, runCacheRules } from './stages/cache-settings.ts'
import { chooseOrigin } from './stages/choose-origin.ts'
import { configure } from './stages/configure.ts'
import { normalizeTarget } from './stages/normalize-url.ts'
import { transformRequest } from './stages/request-headers.ts'
import { rewriteUrl } from './stages/rewrite-url.ts'

/** The data plane as purges see it. */
export function makePurgeTarget(edge: EdgeServices): PurgeTarget {
  return {
    findZone: (hostname) => edge.routes.findZone(hostname),
    oldestFetch: () => edge.flights.oldest(),
    address: (zoneId, url, fields) => {
      const scheme: Scheme = url.startsWith('https://') ? 'https' : 'http'
      const route = edge.routes.find(splitTarget(url).authority, scheme)
      const elsewhere = addressElsewhere(zoneId, { scheme, url, fields }, edge)
      if (route.kind !== 'found' || route.plans.normal.zone.id !== zoneId) {
        return elsewhere === undefined ? fail('no visitor of this zone can request its host') : ok(elsewhere)
      }
      const addressed = address(synthetic(route, { scheme, url, fields }, edge), fields, edge)
      if (!addressed.ok || elsewhere === undefined) return addressed
      return ok({ ...addressed.value, keys: [...addressed.value.keys, ...elsewhere.keys] })
    },
    fetchesElsewhere: (zoneId) => edge.routes.plansOf(zoneId)?.normal.scripts !== undefined,
  }
}

/** What scripts of the zone would have stored a URL of somebody else's under; undefined when it is a zone's, or there are none. */
function addressElsewhere(zoneId: string, { scheme, url, fields }: Asked, edge: EdgeServices): Addressed | undefined {
  const plan = edge.routes.plansOf(zoneId)?.normal
  const { authority, path, query } = splitTarget(url)
  const host = parseHost(authority)
  if (plan?.scripts === undefined || host === undefined) return undefined
  if (edge.routes.findNamedZone(authority, NO_PORTS) !== undefined) return undefined
  const given = new Headers(fields.map(([name, value]) => [name, value]))
  const field = (name: string): string | null => given.get(name)
  const target = outsideTarget(scheme, host, [], edge)
  const asked = keyRequest({ ...target, scheme, hostHeader: undefined, path, query }, field, undefined)
  const key = outsidePlan(plan).keys.make(asked, collectOverrides(field))
  return { keys: [outsideKey(key)], uri: `${scheme}://${target.authority}${path}${query}` }
}

/** Whoever purges knows no host by the ports of this edge. */
const NO_PORTS: ReadonlySet<number> = new Set()

type Found = Extract<HostRoute, { kind: 'found' }>
type Asked = { readonly scheme: Scheme; readonly url: string; readonly fields: FieldList }

/** The stages that a key depends on.  Redirections are left out: what was stored before there was one is to be purged too. */
const STAGES = [normalizeTarget, rewriteUrl, configure, chooseOrigin, transformRequest] as const

function synthetic(route: Found, { scheme, url, fields }: Asked, edge: EdgeServices): RoutedExchange {
  const headers = new Headers(fields.map(([name, value]) => [name, value]))
  headers.set('host', route.authority)
  const exchange = makeExchange({
    clientRequest: new Request(url, { headers }),
    ...{ method: 'GET', scheme, peer: UNKNOWN_PEER, peerPort: undefined },
    ...{ receivedAt: edge.clock.now(), ray: '' },
    ...splitTarget(url),
  })
  return routed(exchange, { ...route, plan: route.plans.normal })
}

function address(exchange: RoutedExchange, fields: FieldList, edge: EdgeServices): Result<Addressed, string> {
  const given = new Headers(fields.map(([name, value]) => [name, value]))
  const country = given.get('cf-ipcountry') ?? undefined
  const located = { ...edge, locate: () => (country === undefined ? undefined : { country }) }
  for (const stage of STAGES) {
    const verdict = stage(exchange, located)
    if (verdict.kind === 'answered') return fail(`a rule refuses its request: ${exchange.trail.at(-1) ?? ''}`)
  }
  runCacheRules(exchange, located)
  const { plan, origin, authority, path, presented } = exchange
  const query = plan.settings.sortQuery ? sortQuery(exchange.query) : exchange.query
  const field = (name: string): string | null => presented.get(name)
  const asked = keyRequest({ ...exchange, query }, field, country)
  const deviceType = deviceOf(given.get('cf-device-type'))
  const told = { ...asked, deviceType }
  const overrides = collectOverrides(field)
  // A visitor could be answered with the copy for everybody as well; and what was noted of the URL ends with a purge.
  const { shared, note } = plan.keys.common(told, overrides) ?? {}
  const common = [shared, note].filter((key) => key !== undefined)
  return ok({
    keys: [plan.keys.make(told, overrides), ...common],
    uri: `${origin.scheme}://${authority}${path}${query}`,
  })
}

type DeviceType = NonNullable<KeyRequest['deviceType']>

const DEVICES: readonly DeviceType[] = ['mobile', 'tablet', 'desktop']

function deviceOf(value: string | null): DeviceType | undefined {
  return DEVICES.find((device) => device === value?.toLowerCase())
}
