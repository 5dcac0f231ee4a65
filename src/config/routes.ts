// Where does a host lead?  Asked for every request that is no hit, so answers are remembered.
//
//   the zone that the host belongs to by name: its exact pattern, else its longest wildcard, else its `*`, else nowhere
//   a host of no zone: the same over the patterns of all zones; of several `*` the first in the file wins
//
// `*.example.com` matches every host below example.com, at any depth, and not example.com itself.

import { findOwner, suffixesOf } from './ownership.ts'
import type { OriginTarget, Route, ZoneSnapshot } from './snapshot.ts'

/** A zone with its patterns. */
export type RoutedZone = {
  readonly zone: ZoneSnapshot
  readonly origins: readonly { readonly pattern: string; readonly target: OriginTarget }[]
}

/** Hosts remembered; beyond it the memory starts anew, so that invented hosts cost no more than this. */
const MAX_REMEMBERED_HOSTS = 4096

/** Where each zone stands in a list of them, by name; a list that differs in what zones *are* has the same places. */
export type ZonePlaces = ReadonlyMap<string, number>

export function placesOf(zones: readonly RoutedZone[]): ZonePlaces {
  return new Map(zones.map(({ zone }, place) => [zone.name, place]))
}

/** The function that finds routes; a host is lower case and has no port. */
export function makeRouteFinder(
  zones: readonly RoutedZone[],
  places: ZonePlaces = placesOf(zones),
): (host: string) => Route | undefined {
  // Only a host that no zone owns by name asks for it.
  let everyones: Table | undefined
  const remembered = new Map<string, Route | undefined>()

  const findTable = (host: string): Table => {
    const owner = zones[findOwner(places, host) ?? -1]
    if (owner !== undefined) return ownTableOf(owner)
    everyones ??= tableOf(zones)
    return everyones
  }

  return (host) => {
    const known = remembered.get(host)
    if (known !== undefined || remembered.has(host)) return known
    const found = look(findTable(host), host)
    if (remembered.size >= MAX_REMEMBERED_HOSTS) remembered.clear()
    remembered.set(host, found)
    return found
  }
}

/** Routes by pattern; an earlier zone's pattern stands. */
type Table = ReadonlyMap<string, Route>

/** A zone that a change did not touch keeps its table. */
const OWN_TABLES = new WeakMap<RoutedZone, Table>()

function ownTableOf(zone: RoutedZone): Table {
  const known = OWN_TABLES.get(zone)
  if (known !== undefined) return known
  const table = tableOf([zone])
  OWN_TABLES.set(zone, table)
  return table
}

function tableOf(zones: readonly RoutedZone[]): Table {
  const table = new Map<string, Route>()
  for (const { zone, origins } of zones) {
    for (const { pattern, target } of origins) {
      if (!table.has(pattern)) table.set(pattern, { zone, origin: target })
    }
  }
  return table
}

function look(table: Table, host: string): Route | undefined {
  const exact = table.get(host)
  if (exact !== undefined) return exact
  for (const suffix of suffixesOf(host)) {
    const route = suffix === host ? undefined : table.get(`*.${suffix}`)
    if (route !== undefined) return route
  }
  return table.get('*')
}
