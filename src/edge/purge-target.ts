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
import { type FieldList, sortQuery, splitTarget } from '../http/index.ts'
import type { Addressed, PurgeTarget } from '../purge/index.ts'
import type { EdgeServices } from './edge.ts'
import { makeExchange, type RoutedExchange, routed, type Scheme } from './exchange.ts'
import { UNKNOWN_PEER } from './nobody.ts'
import type { HostRoute } from './routes.ts'
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
      if (route.kind !== 'found' || route.plans.normal.zone.id !== zoneId) {
        return fail('no visitor of this zone can request its host')
      }
      return address(synthetic(route, { scheme, url, fields }, edge), fields, edge)
    },
  }
}

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
  const key = plan.keys.make({ ...asked, deviceType }, collectOverrides(field))
  return ok({ keys: [key], uri: `${origin.scheme}://${authority}${path}${query}` })
}

type DeviceType = NonNullable<KeyRequest['deviceType']>

const DEVICES: readonly DeviceType[] = ['mobile', 'tablet', 'desktop']

function deviceOf(value: string | null): DeviceType | undefined {
  return DEVICES.find((device) => device === value?.toLowerCase())
}
