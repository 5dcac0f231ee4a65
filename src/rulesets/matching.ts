// Which of many filters match?  All are tried in their order, but those that can only be true for certain hosts are found by
// the host of the request instead of being tried.
//
// M1  The matches, and their order, are those of a plain scan.
// M2  The index takes room for each host that a filter names, once.

import type { Filter } from '../rules/index.ts'
import type { RuleContext } from './context.ts'
import { SCHEME } from './fields.ts'

const HOST_FIELD = 'http.host'
const HOST_INDEX = SCHEME.fields.findIndex(({ name }) => name === HOST_FIELD)

/** Below this the index costs more than it saves. */
const MIN_INDEXED_FILTERS = 4

/** Calls `visit` with the place of each filter that matches, in order, until it answers 'stop'. */
export type Matcher = (context: RuleContext, visit: (place: number) => 'go on' | 'stop') => void

/** The matcher of these filters. */
export function makeMatcher(filters: readonly Filter[]): Matcher {
  const hosts = filters.map((filter) => filter.necessaryValues(HOST_FIELD))
  const indexed = hosts.filter((each) => each !== undefined)
  return indexed.length < MIN_INDEXED_FILTERS ? scan(filters) : search(filters, hosts)
}

function scan(filters: readonly Filter[]): Matcher {
  return (context, visit) => {
    for (let place = 0; place < filters.length; place += 1) {
      if (filters[place]?.test(context) === true && visit(place) === 'stop') return
    }
  }
}

const NONE: readonly number[] = []

/** The places that the request's host leaves, and those that any host leaves, are walked side by side. */
function search(filters: readonly Filter[], hosts: readonly (ReadonlySet<string> | undefined)[]): Matcher {
  const anyHost: number[] = []
  const byHost = new Map<string, number[]>()
  for (const [place, names] of hosts.entries()) {
    if (names === undefined) anyHost.push(place)
    for (const name of names ?? []) {
      const places = byHost.get(name)
      if (places === undefined) byHost.set(name, [place])
      else places.push(place)
    }
  }
  return (context, visit) => {
    const own = byHost.get(context.get(HOST_INDEX) as string) ?? NONE
    let a = 0
    let b = 0
    while (a < own.length || b < anyHost.length) {
      const left = own[a] ?? filters.length
      const right = anyHost[b] ?? filters.length
      const place = Math.min(left, right)
      if (left < right) a += 1
      else b += 1
      if (filters[place]?.test(context) === true && visit(place) === 'stop') return
    }
  }
}
