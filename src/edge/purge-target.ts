// What a purge asks of the data plane: under which key a visitor's request for a URL would be looked up.
//
// A synthetic request goes through the judgements of the pipeline.  Its fields are those that the purge gives, CF-Device-Type
// and CF-IPCountry among them, which from a visitor would not be believed.  CF cache/how-to/purge-cache/purge-by-single-file

import { fail, ok, type Result } from '../base/index.ts'
import { collectOverrides, type KeyRequest } from '../cache/index.ts'
import { type FieldList, fieldValue, sortQuery, splitTarget } from '../http/index.ts'
import type { Addressed, PurgeTarget } from '../purge/index.ts'
import type { EdgeServices } from './edge.ts'
import type { Scheme } from './exchange.ts'
import type { HostRoute } from './routes.ts'
import { keyRequest } from './stages/cache-settings.ts'

/** The data plane as purges see it. */
export function makePurgeTarget(edge: EdgeServices): PurgeTarget {
  return {
    findZone: (hostname) => edge.routes.findZone(hostname),
    oldestFetch: () => edge.flights.oldest(),
    address: (zoneId, url, fields) => {
      const scheme: Scheme = url.startsWith('https://') ? 'https' : 'http'
      const target = splitTarget(url)
      const route = edge.routes.find(target.authority, scheme)
      if (route.kind !== 'found' || route.plans.normal.zone.id !== zoneId) {
        return fail('no visitor of this zone can request its host')
      }
      return address(route, { scheme, ...target }, fields)
    },
  }
}

type Found = Extract<HostRoute, { kind: 'found' }>
type Asked = { readonly scheme: Scheme; readonly path: string; readonly query: string }

function address(route: Found, { scheme, path, query }: Asked, fields: FieldList): Result<Addressed, string> {
  const { plans, origin, authority } = route
  const { settings, keys } = plans.normal
  const sent = settings.sortQuery ? sortQuery(query) : query
  const field = (name: string): string | null => fieldValue(fields, name) ?? null
  const asked = keyRequest({ origin, scheme, authority, path, query: sent }, field)
  const told = { ...asked, country: field('cf-ipcountry') ?? undefined, deviceType: deviceOf(field('cf-device-type')) }
  const overrides = collectOverrides(field)
  // A visitor could be answered with the copy for everybody as well; and what was noted of the URL ends with a purge.
  const { shared, note } = keys.common(told, overrides) ?? {}
  const common = [shared, note].filter((key) => key !== undefined)
  return ok({ keys: [keys.make(told, overrides), ...common], uri: `${origin.scheme}://${authority}${path}${sent}` })
}

type DeviceType = NonNullable<KeyRequest['deviceType']>

const DEVICES: readonly DeviceType[] = ['mobile', 'tablet', 'desktop']

function deviceOf(value: string | null): DeviceType | undefined {
  return DEVICES.find((device) => device === value?.toLowerCase())
}
