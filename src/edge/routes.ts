// From a Host field to its zone's plan and origin server.  The answer for one Host is worked out once and remembered;
// what is remembered is bounded, because Hosts come from strangers.

import type { CacheKey, Variant } from '../cache/index.ts'
import type { OriginTarget, Snapshot, ZoneSnapshot } from '../config/index.ts'
import { isIpv4, parseHost } from '../http/index.ts'
import type { Scheme } from './exchange.ts'
import { plansOf, type ZonePlan, type ZonePlans } from './plan.ts'

/** Where a Host leads. */
export type HostRoute =
  | {
      readonly kind: 'found'
      readonly plans: ZonePlans
      readonly origin: OriginTarget
      /** Lower case, without port. */
      readonly host: string
      /** Lower case, with the port unless it is the visitor's scheme's default. */
      readonly authority: string
      readonly port: number
    }
  /** Not exactly one valid host: 400. */
  | { readonly kind: 'invalid' }
  /** No zone has it: 421. */
  | { readonly kind: 'unknown' }

/** A key that the hot path worked out before: for a URL and Origin as they came, under one route and plan. */
export type KnownKey = {
  readonly route: HostRoute
  readonly plan: ZonePlan
  readonly key: CacheKey
  /** What a look-up finds first; undefined: look it up. */
  first: Variant | undefined
}

export interface Routes {
  /** Keys of what was answered from memory under this configuration; see hot-path-keys.ts. */
  readonly knownKeys: Map<string, KnownKey>

  /** The route of a Host field as it came. */
  find(host: string, scheme: Scheme): HostRoute
  /** The plans of a zone, by its id. */
  plansOf(zoneId: string): ZonePlans | undefined
  /**
   * The id of the zone that a Host names: by the zone's own name or a pattern of its own, or, for an address, because this
   * edge listens at the port.  A zone that takes every Host is not named by a Host that is nobody's.
   */
  findNamedZone(host: string, ownPorts: ReadonlySet<number>): string | undefined
  /** The id of the zone that serves a host name, or undefined. */
  findZone(hostname: string): string | undefined
}

/** RFC 6761 §6.4: nobody ever has it.  It leads where all Hosts lead that no zone names. */
const NOBODYS_HOST = 'nobody.varyant.invalid'

function isAddress(host: string): boolean {
  return isIpv4(host) || host.startsWith('[')
}

const MAX_REMEMBERED = 4096
const INVALID: HostRoute = { kind: 'invalid' }
const UNKNOWN: HostRoute = { kind: 'unknown' }
const DEFAULT_PORTS: Readonly<Record<Scheme, number>> = { http: 80, https: 443 }

/** The routes of one configuration. */
export function makeRoutes(snapshot: Snapshot): Routes {
  const remembered = { http: new Map<string, HostRoute>(), https: new Map<string, HostRoute>() }

  function resolve(text: string, scheme: Scheme): HostRoute {
    const host = parseHost(text)
    if (host === undefined) return INVALID
    const route = snapshot.findRoute(host.host)
    if (route === undefined) return UNKNOWN
    const port = host.port ?? DEFAULT_PORTS[scheme]
    const authority = port === DEFAULT_PORTS[scheme] ? host.host : `${host.host}:${port}`
    return { kind: 'found', plans: plansOf(route.zone), origin: route.origin, host: host.host, authority, port }
  }

  let zonesById: ReadonlyMap<string, ZoneSnapshot> | undefined
  // Only scripts ask, and to find out takes a walk over all zones.
  let strangers: { readonly route: ReturnType<Snapshot['findRoute']> } | undefined
  const findNamedZone = (text: string, ownPorts: ReadonlySet<number>): string | undefined => {
    const host = parseHost(text)
    const route = host === undefined ? undefined : snapshot.findRoute(host.host)
    if (host === undefined || route === undefined) return undefined
    strangers ??= { route: snapshot.findRoute(NOBODYS_HOST) }
    const isNamed = route !== strangers.route || (isAddress(host.host) && ownPorts.has(host.port ?? 0))
    return isNamed ? route.zone.id : undefined
  }

  return {
    knownKeys: new Map(),
    plansOf: (zoneId) => {
      // Asked by scripts only, so that a configuration without any costs nothing.
      zonesById ??= new Map(snapshot.zones.map((zone) => [zone.id, zone]))
      const zone = zonesById.get(zoneId)
      return zone && plansOf(zone)
    },
    findNamedZone,
    find: (text, scheme) => {
      const known = remembered[scheme].get(text)
      if (known !== undefined) return known
      const route = resolve(text, scheme)
      if (remembered[scheme].size >= MAX_REMEMBERED) remembered[scheme].clear()
      remembered[scheme].set(text, route)
      return route
    },
    findZone: (hostname) => snapshot.findRoute(hostname)?.zone.id,
  }
}
