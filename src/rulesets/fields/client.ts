// Fields of the visitor and of the edge: address, place, connection, time taken.

import { BOOL, INT, IP, parseIp, STRING, type Type, toByteString, type Value } from '../../rules/index.ts'
import type { GeoPlace, RuleFacts } from '../facts.ts'
import type { FieldRow } from './row.ts'

const NEVER = { changes: 'never' } as const
const LATER = { changes: 'between-phases' } as const
const RANDOM_SEED_BYTES = 16

const PLACES = new WeakMap<RuleFacts, { readonly place: GeoPlace | undefined }>()

/** The place of the visitor's address: one look-up for all fields of one exchange. */
export function placeOf(facts: RuleFacts): GeoPlace | undefined {
  const known = PLACES.get(facts)
  if (known !== undefined) return known.place
  const place = facts.locate?.(facts.peer)
  PLACES.set(facts, { place })
  return place
}

function geo(
  name: string,
  type: Type,
  doc: string,
  read: (place: GeoPlace) => Value | undefined,
  fallback?: Value,
): FieldRow {
  return {
    ...NEVER,
    needs: 'geoip',
    name,
    type,
    doc,
    read: (facts) => {
      const place = placeOf(facts)
      return (place === undefined ? undefined : read(place)) ?? fallback
    },
    ...(fallback !== undefined && { fallback }),
  }
}

const text = (value: string | undefined): string | undefined => value && toByteString(value)
const degrees = (value: number | undefined): string | undefined => value?.toString()

const GEO: readonly FieldRow[] = [
  geo('ip.src.asnum', INT, "The number of the address's autonomous system.", ({ asn }) => asn),
  geo('ip.src.city', STRING, 'The city.', ({ city }) => text(city)),
  geo('ip.src.continent', STRING, 'The continent: AF, AN, AS, EU, NA, OC or SA.', ({ continent }) => continent),
  geo('ip.src.country', STRING, 'The country: two capital letters of ISO 3166-1.', ({ country }) => country),
  geo('ip.src.is_in_european_union', BOOL, 'Whether the country is in the European Union.', (place) => {
    return place.country === undefined ? undefined : place.isInEuropeanUnion === true
  }),
  geo('ip.src.lat', STRING, 'The latitude in degrees.', ({ latitude }) => degrees(latitude)),
  geo('ip.src.lon', STRING, 'The longitude in degrees.', ({ longitude }) => degrees(longitude)),
  geo('ip.src.metro_code', STRING, 'The metro code.', ({ metroCode }) => text(metroCode)),
  geo('ip.src.postal_code', STRING, 'The postal code.', ({ postalCode }) => text(postalCode)),
  geo('ip.src.region', STRING, 'The name of the region.', ({ region }) => text(region)),
  geo('ip.src.region_code', STRING, 'The code of the region.', ({ regionCode }) => text(regionCode)),
  geo(
    'ip.src.subdivision_1_iso_code',
    STRING,
    'The first subdivision by ISO 3166-2, such as GB-ENG; empty when it is not known.',
    ({ subdivision1 }) => text(subdivision1),
    '',
  ),
  geo(
    'ip.src.subdivision_2_iso_code',
    STRING,
    'The second subdivision by ISO 3166-2; empty when it is not known.',
    ({ subdivision2 }) => text(subdivision2),
    '',
  ),
  geo('ip.src.timezone.name', STRING, 'The time zone, such as Europe/Lisbon.', ({ timeZone }) => text(timeZone)),
]

/** "Deprecated aliases `ip.geoip.*` still work." */
const ALIASED = ['asnum', 'continent', 'country', 'subdivision_1_iso_code', 'subdivision_2_iso_code']
const GEO_ALIASES: readonly FieldRow[] = GEO.flatMap((row) => {
  const name = row.name.slice('ip.src.'.length)
  if (!ALIASED.includes(name) && name !== 'is_in_european_union') return []
  return [{ ...row, name: `ip.geoip.${name}`, doc: `The same as ${row.name}.`, aliasOf: row.name }]
})

const EDGE: readonly FieldRow[] = [
  {
    ...NEVER,
    name: 'ip.src',
    type: IP,
    doc: "The visitor's address.",
    read: ({ peer }) => parseIp(unmapped(peer)),
  },
  {
    ...NEVER,
    name: 'cf.edge.server_ip',
    type: IP,
    doc: 'The address that the visitor connected to, where the runtime tells it.',
    read: ({ serverAddress }) => (serverAddress === undefined ? undefined : parseIp(unmapped(serverAddress))),
  },
  {
    ...NEVER,
    name: 'cf.edge.server_port',
    type: INT,
    doc: 'The port that the visitor addressed.',
    read: ({ port }) => port,
  },
  {
    ...NEVER,
    name: 'cf.edge.client_port',
    type: INT,
    doc: "The port of the visitor's side of the connection.",
    read: ({ peerPort }) => peerPort,
  },
  {
    ...NEVER,
    name: 'cf.edge.client_tcp',
    type: BOOL,
    doc: 'Whether the visitor came over TCP: always.',
    read: () => true,
  },
  {
    ...NEVER,
    name: 'cf.random_seed',
    type: STRING,
    doc: 'Sixteen random bytes, the same all through one request.',
    read: () => String.fromCharCode(...crypto.getRandomValues(new Uint8Array(RANDOM_SEED_BYTES))),
  },
  { ...NEVER, name: 'cf.ray_id', type: STRING, doc: "The request's ray id.", read: ({ ray }) => ray },
  { ...NEVER, name: 'cf.threat_score', type: INT, doc: 'Always 0.', read: () => 0 },
  {
    ...NEVER,
    name: 'cf.worker.upstream_zone',
    type: STRING,
    doc: 'The zone of the Worker that sent this request; empty when none did.',
    read: ({ upstreamZone }) => toByteString(upstreamZone),
  },
  {
    ...NEVER,
    name: 'cf.zone.name',
    type: STRING,
    doc: 'The name of the zone.',
    read: ({ zoneName }) => toByteString(zoneName),
  },
  {
    ...LATER,
    name: 'cf.timings.client_tcp_rtt_msec',
    type: INT,
    doc: 'The smoothed round trip of the TCP connection in milliseconds, where the runtime tells it.',
    read: ({ timings }) => timings.tcpRtt,
  },
  {
    ...LATER,
    name: 'cf.timings.edge_msec',
    type: INT,
    doc: 'The milliseconds that the edge has spent on the request.',
    read: ({ timings }) => timings.edge,
  },
  {
    ...LATER,
    name: 'cf.timings.origin_ttfb_msec',
    type: INT,
    doc: "The milliseconds to the first byte of the origin server's answer; 0 for an answer from the store.",
    read: ({ timings }) => timings.originTtfb,
  },
  {
    ...LATER,
    name: 'cf.timings.worker_msec',
    type: INT,
    doc: 'The milliseconds that a Worker took; 0 without one.',
    read: ({ timings }) => timings.worker ?? 0,
  },
]

export const CLIENT_FIELDS: readonly FieldRow[] = [...EDGE, ...GEO, ...GEO_ALIASES]

/** An IPv4 address that a listener for both families tells as `::ffff:192.0.2.1` is that IPv4 address. */
function unmapped(address: string): string {
  return address.replace(/^::ffff:(?=\d+\.\d+\.\d+\.\d+$)/i, '')
}
