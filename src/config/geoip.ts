// The database of addresses that `edge.geoip` names: where a visitor is, for rules, keys and request fields.
//
//   "geoip": "GeoLite2-City.mmdb"                            one file in MaxMind's format
//   "geoip": ["GeoLite2-City.mmdb", "GeoLite2-ASN.mmdb"]     what an earlier one does not say, a later one may
//
// Files are read once, at the start.  docs/decisions/0063

import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import type { CityResponse, Reader } from 'mmdb-lib'
import type { GeoPlace, Locate } from '../rulesets/index.ts'
import { type ConfigPath, quote, sentence } from './problems.ts'
import { reasonOf } from './read-failure.ts'

/** A record of any of MaxMind's databases: each has some of these members. */
type AddressRecord = CityResponse & { readonly autonomous_system_number?: number }

/** The look-up over the files, relative to `folder`; undefined without files.  What is wrong is added to `problems`. */
export function readGeoip(
  names: string | readonly string[] | undefined,
  folder: string,
  problems: string[],
): Locate | undefined {
  if (names === undefined || names.length === 0) return undefined
  const entries: readonly (readonly [string, ConfigPath])[] =
    typeof names === 'string' ? [[names, []]] : names.map((name, index) => [name, [index]] as const)
  const readers = entries.flatMap(([name, place]) => {
    const reader = openReader(name, folder, ['edge', 'geoip', ...place], problems)
    return reader === undefined ? [] : [reader]
  })
  return (address) => placeIn(readers, address)
}

function openReader(
  name: string,
  folder: string,
  place: ConfigPath,
  problems: string[],
): Reader<AddressRecord> | undefined {
  const path = resolve(folder, name)
  let content: Buffer
  try {
    content = readFileSync(path)
  } catch (cause) {
    // Fail closed: the edge does not start.
    const remedy = 'correct the path, which is relative to the configuration'
    problems.push(sentence(place, `${quote(name)} cannot be read: ${reasonOf(cause)} at ${path}; ${remedy}`))
    return undefined
  }
  try {
    // Loaded here: most starts name no database.
    const { Reader }: typeof import('mmdb-lib') = require('mmdb-lib')
    const reader = new Reader<AddressRecord>(content)
    // Broken files often show only when something is looked up.
    reader.get('192.0.2.1')
    return reader
  } catch {
    // Fail closed, likewise; the library's own words say nothing to an operator.
    problems.push(sentence(place, `${quote(name)} is not a database in MaxMind's format; name a .mmdb file`))
    return undefined
  }
}

function placeIn(readers: readonly Reader<AddressRecord>[], address: string): GeoPlace | undefined {
  let place: GeoPlace | undefined
  for (const reader of readers) {
    const record = lookUp(reader, address)
    if (record !== undefined) place = { ...placeOf(record), ...place }
  }
  return place
}

function lookUp(reader: Reader<AddressRecord>, address: string): AddressRecord | undefined {
  try {
    return reader.get(address) ?? undefined
  } catch {
    // Fail open: a request whose place cannot be found is served like one from nowhere.
    return undefined
  }
}

function placeOf(record: AddressRecord): GeoPlace {
  const { continent, country = record.registered_country, city, postal, location, subdivisions, traits } = record
  const [first, second] = subdivisions ?? []
  const asn = record.autonomous_system_number ?? traits?.autonomous_system_number
  const within = (code: string | undefined) =>
    code === undefined || country?.iso_code === undefined ? undefined : `${country.iso_code}-${code}`
  return withoutAbsent({
    country: country?.iso_code,
    continent: continent?.code,
    isInEuropeanUnion: country === undefined ? undefined : country.is_in_european_union === true,
    city: city?.names?.en,
    postalCode: postal?.code,
    metroCode: location?.metro_code?.toString(),
    region: first?.names?.en,
    regionCode: first?.iso_code,
    subdivision1: within(first?.iso_code),
    subdivision2: within(second?.iso_code),
    latitude: location?.latitude,
    longitude: location?.longitude,
    timeZone: location?.time_zone,
    asn,
  })
}

function withoutAbsent(place: { readonly [Name in keyof GeoPlace]: GeoPlace[Name] | undefined }): GeoPlace {
  return Object.fromEntries(Object.entries(place).filter(([, value]) => value !== undefined)) as GeoPlace
}
