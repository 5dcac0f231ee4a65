// `request.cf` of a script's request: what this edge knows of the visitor and its connection.
// CF workers/runtime-apis/request §IncomingRequestCfProperties
//
// What Cloudflare tells and nobody here knows is left out, rather than made up: scores of bots, keys of TLS, the network's
// name.

import type { GeoPlace } from '../rulesets/index.ts'
import type { EdgeServices } from './edge.ts'
import type { RoutedExchange } from './exchange.ts'

/** Where a request has come in; Cloudflare has the code of an airport here. */
const COLO = 'VAR'

// DEVIATION CF workers/runtime-apis/request: httpProtocol is always HTTP/1.1, because the runtime hides the version.
const HTTP_PROTOCOL = 'HTTP/1.1'

const WITHOUT_PLACE = { http: jsonOf('http', undefined, ''), https: jsonOf('https', undefined, '') } as const

/** The JSON of `request.cf`: short, because workerd reads it for each request, and writes it again for one that is passed on. */
export function requestCf(
  { scheme, peer, presented }: Pick<RoutedExchange, 'scheme' | 'peer' | 'presented'>,
  { locate }: Pick<EdgeServices, 'locate'>,
): string {
  const place = locate?.(peer)
  const encodings = presented.get('accept-encoding') ?? ''
  return place === undefined && encodings === '' ? WITHOUT_PLACE[scheme] : jsonOf(scheme, place, encodings)
}

function jsonOf(scheme: RoutedExchange['scheme'], place: GeoPlace | undefined, encodings: string): string {
  return JSON.stringify({
    colo: COLO,
    httpProtocol: HTTP_PROTOCOL,
    ...(encodings !== '' && { clientAcceptEncoding: encodings }),
    ...(scheme === 'https' && { tlsVersion: 'TLSv1.3' }),
    ...(place !== undefined && placeOf(place)),
  })
}

/** Cloudflare's names; numbers as the texts that it makes of them. */
function placeOf(place: GeoPlace) {
  const { latitude, longitude, timeZone, isInEuropeanUnion } = place
  return {
    ...{ country: place.country, continent: place.continent, city: place.city, region: place.region },
    ...{ regionCode: place.regionCode, postalCode: place.postalCode, metroCode: place.metroCode, asn: place.asn },
    ...(isInEuropeanUnion === true && { isEUCountry: '1' }),
    ...(latitude !== undefined && { latitude: String(latitude) }),
    ...(longitude !== undefined && { longitude: String(longitude) }),
    ...(timeZone !== undefined && { timezone: timeZone }),
  }
}
