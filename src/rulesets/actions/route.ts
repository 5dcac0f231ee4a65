// The action `route` of http_request_origin: an Origin Rule.  CF rules/origin-rules/parameters
//
// Each parameter is a setting of its own: the last rule that matches and names it wins.

import { parseHost } from '../../http/index.ts'
import { type JsonReader, quote } from '../json-reader.ts'
import { makeMatcher } from '../matching.ts'
import type { OriginOverrides, RulesPhase } from '../outcomes.ts'
import { compileEnabled, type PhaseTable, type StoredRule } from '../rule.ts'

const PHASE = 'http_request_origin'
const MAX_PORT = 65_535

export const ROUTE_TABLE: PhaseTable<OriginOverrides> = { phase: PHASE, actions: { route: readRoute } }

export function compileRoute(
  stored: readonly StoredRule[],
  problems: string[],
): RulesPhase<OriginOverrides> | undefined {
  const rules = compileEnabled(ROUTE_TABLE, stored, problems).map((rule) => ({
    ...rule,
    sentence: `${rule.name}: ${describe(rule.effect)}`,
  }))
  if (rules.length === 0) return undefined
  const match = makeMatcher(rules.map(({ filter }) => filter))
  return {
    run: (context, trail) => {
      context.beginPhase()
      let overrides: OriginOverrides = NOTHING
      match(context, (place) => {
        const rule = rules[place]
        if (rule === undefined) return 'go on'
        trail.push(rule.sentence)
        overrides = overrides === NOTHING ? rule.effect : { ...overrides, ...rule.effect }
        return 'go on'
      })
      return overrides
    },
  }
}

const NOTHING: OriginOverrides = {}

function describe({ hostHeader, hostname, port, sni }: OriginOverrides): string {
  return [
    ...(hostHeader === undefined ? [] : [`set Host to ${hostHeader}`]),
    ...(hostname === undefined ? [] : [`connect to ${hostname}`]),
    ...(port === undefined ? [] : [`use port ${port}`]),
    ...(sni === undefined ? [] : [`set SNI to ${sni}`]),
  ].join(', ')
}

function readRoute(parameters: JsonReader): OriginOverrides | undefined {
  const members = parameters.members(['host_header', 'origin', 'sni'])
  if (members === undefined) return undefined
  const hostHeader = readHost(members.get('host_header'), 'with port')
  const origin = members.get('origin')?.members(['host', 'port'])
  const hostname = readHost(origin?.get('host'), 'without port')
  const port = origin?.get('port')?.integer('a port', 1, MAX_PORT)
  if (origin?.size === 0) members.get('origin')?.refuse('this overrides nothing; add host, port or both')
  const sniMembers = members.get('sni')?.members(['value'])
  if (sniMembers?.size === 0) members.get('sni')?.refuse('value is missing; add a host name')
  const sni = readHost(sniMembers?.get('value'), 'without port')
  return {
    ...(hostHeader !== undefined && { hostHeader }),
    ...(hostname !== undefined && { hostname }),
    ...(port !== undefined && { port }),
    ...(sni !== undefined && { sni }),
  }
}

/** A host name in lower case; an IPv6 address keeps no brackets where no port may follow. */
function readHost(reader: JsonReader | undefined, form: 'with port' | 'without port'): string | undefined {
  const text = reader?.string()
  if (text === undefined) return undefined
  const host = parseHost(text)
  if (host === undefined || (form === 'without port' && host.port !== undefined)) {
    return reader?.refuse(`${quote(text)} is no host name; write one such as "origin.example.com"`)
  }
  if (form === 'without port') return host.host.replace(/^\[|\]$/g, '')
  return host.port === undefined ? host.host : `${host.host}:${host.port}`
}
