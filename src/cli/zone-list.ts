// The zones as the API lists them, and which of them a host belongs to.

import { fail, ok, type Result } from '../base/index.ts'
import { zoneId } from '../config/known.ts'
import type { ApiClient, CliFailure } from './api-client.ts'

export type ListedZone = { readonly id: string; readonly name: string; readonly status: string }

const PER_PAGE = 50
/** More pages than this mean that the API does not understand `page`. */
const MAX_PAGES = 10_000

/** All zones that the token may see. */
export async function listZones(client: ApiClient): Promise<Result<readonly ListedZone[], CliFailure>> {
  const zones: ListedZone[] = []
  for (let page = 1; page <= MAX_PAGES; page += 1) {
    const answer = await client.call('GET', `/zones?page=${page}&per_page=${PER_PAGE}`)
    if (!answer.ok) return answer
    const listed = Array.isArray(answer.value) ? answer.value.map(toZone) : []
    if (listed.length === 0) return ok(zones)
    zones.push(...listed)
    if (listed.length < PER_PAGE) return ok(zones)
  }
  return fail({ message: 'the API lists zones without end', exitCode: 1 })
}

function toZone(value: { readonly id?: unknown; readonly name?: unknown; readonly status?: unknown }): ListedZone {
  return { id: String(value.id), name: String(value.name), status: String(value.status ?? '') }
}

/** No zone has this name or id: what the API cannot say, since it was asked by id. */
export function noSuchZone(name: string): CliFailure {
  return { message: `there is no zone ${JSON.stringify(name)}; "varyant zones" lists those there are`, exitCode: 1 }
}

/** The zones in a sentence, a few of many. */
export function nameZones(zones: readonly ListedZone[]): string {
  const SHOWN = 5
  const names = zones.slice(0, SHOWN).map(({ name }) => name)
  if (zones.length === 0) return 'there are no zones'
  const more = zones.length > SHOWN ? [`${zones.length - SHOWN} more`] : []
  return `there ${zones.length === 1 ? 'is one zone' : `are ${zones.length} zones`}: ${[...names, ...more].join(', ')}`
}

/** The zone whose name is the host or its longest parent; the only zone there is serves every host. */
export function findZoneOf(host: string, zones: readonly ListedZone[]): ListedZone | undefined {
  const parents = zones.filter(({ name }) => host === name || host.endsWith(`.${name}`))
  const [longest] = parents.toSorted((a, b) => b.name.length - a.name.length)
  return longest ?? (zones.length === 1 ? zones[0] : undefined)
}

/** The API's number of it. */
export const UNKNOWN_ZONE = 1001

export type NamedZone = { readonly id: string; readonly name: string }

/**
 * The zone of that name, or the one that a host belongs to.  A named zone needs no look-up, so that a token that may only purge is enough.
 */
export async function findZone(
  client: ApiClient,
  name: string | undefined,
  host: string | undefined,
): Promise<Result<NamedZone, CliFailure>> {
  if (name !== undefined) return ok({ name, id: /^[0-9a-f]{32}$/.test(name) ? name : zoneId(name.toLowerCase()) })
  const zones = await listZones(client)
  if (!zones.ok) return fail({ ...zones.problem, message: `${zones.problem.message}; name the zone with --zone` })
  const [first, second] = zones.value
  const found = host === undefined ? (second === undefined ? first : undefined) : findZoneOf(host, zones.value)
  if (found !== undefined) return ok(found)
  const what = host === undefined ? '' : `no zone has the host ${host}; `
  return fail({ message: `${what}${nameZones(zones.value)}; name the zone with --zone`, exitCode: 2 })
}
