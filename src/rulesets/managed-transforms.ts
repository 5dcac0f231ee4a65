// Managed transforms: header fields that a switch adds or removes for all requests of a zone, before the rules of the same
// side.  CF rules/transform/managed-transforms/reference
//
// A transform whose facts this edge does not have is refused when somebody switches it on, with the reason here.

import type { GeoPlace, RuleFacts } from './facts.ts'
import { placeOf } from './fields/client.ts'
import type { HeaderEdit, HeaderEdits, RulesPhase } from './outcomes.ts'

/** The ids that are on. */
export type ManagedTransforms = { readonly request: readonly string[]; readonly response: readonly string[] }

export type ManagedTransform = {
  readonly id: string
  readonly side: 'request' | 'response'
  readonly doc: string
  /** Why it cannot be switched on; absent: it can. */
  readonly refusal?: string
  /** Transforms that contradict it. */
  readonly conflicts?: readonly string[]
  readonly edits?: (facts: RuleFacts) => readonly HeaderEdit[]
}

const VISITOR_IP_FIELDS = ['cf-connecting-ip', 'true-client-ip', 'x-forwarded-for']

const SECURITY_FIELDS: readonly HeaderEdit[] = [
  { operation: 'set', name: 'x-content-type-options', value: 'nosniff' },
  { operation: 'set', name: 'x-xss-protection', value: '1; mode=block' },
  { operation: 'set', name: 'x-frame-options', value: 'SAMEORIGIN' },
  { operation: 'set', name: 'referrer-policy', value: 'same-origin' },
  { operation: 'set', name: 'expect-ct', value: 'max-age=86400, enforce' },
]

export const MANAGED_TRANSFORMS: readonly ManagedTransform[] = [
  {
    id: 'add_bot_protection_headers',
    side: 'request',
    doc: 'Adds the scores of bot management.',
    refusal: 'this edge has no bot management to take them from',
  },
  {
    id: 'add_client_certificate_headers',
    side: 'request',
    doc: "Adds what the visitor's client certificate says.",
    refusal: 'this edge asks visitors for no certificate',
  },
  {
    id: 'add_visitor_location_headers',
    side: 'request',
    doc: "Adds the place of the visitor's address: cf-ipcity, cf-ipcountry, cf-ipcontinent, cf-iplongitude, cf-iplatitude, cf-region, cf-region-code, cf-metro-code, cf-postal-code and cf-timezone, as far as the database of addresses knows them.",
    edits: locationFields,
  },
  {
    id: 'add_true_client_ip_headers',
    side: 'request',
    doc: "Adds true-client-ip, the visitor's address.",
    conflicts: ['remove_visitor_ip_headers'],
    edits: ({ peer }) => [{ operation: 'set', name: 'true-client-ip', value: peer }],
  },
  {
    id: 'remove_visitor_ip_headers',
    side: 'request',
    doc: "Removes cf-connecting-ip, true-client-ip and what x-forwarded-for said before; the edge adds its own peer's address to x-forwarded-for again.",
    conflicts: ['add_true_client_ip_headers'],
    edits: () => VISITOR_IP_FIELDS.map((name) => ({ operation: 'remove', name })),
  },
  {
    id: 'add_waf_credential_check_status_header',
    side: 'request',
    doc: 'Adds whether credentials of the request are known to have leaked.',
    refusal: 'this edge has no check of leaked credentials',
  },
  {
    id: 'add_waf_content_scan_status_header',
    side: 'request',
    doc: 'Adds whether uploads of the request were found malicious.',
    refusal: 'this edge does not scan uploads',
  },
  {
    id: 'remove_x-powered-by_header',
    side: 'response',
    doc: 'Removes x-powered-by.',
    edits: () => [{ operation: 'remove', name: 'x-powered-by' }],
  },
  {
    id: 'add_security_headers',
    side: 'response',
    doc: 'Sets x-content-type-options, x-xss-protection, x-frame-options, referrer-policy and expect-ct.',
    edits: () => SECURITY_FIELDS,
  },
]

/** The transforms that contradict this one, by the ids of those that are on. */
export function conflictsWith(id: string, on: readonly string[]): readonly string[] {
  const { conflicts = [] } = MANAGED_TRANSFORMS.find((each) => each.id === id) ?? {}
  return conflicts.filter((other) => on.includes(other))
}

/** The transforms of requests that are on, or undefined when none is. */
export function compileManagedRequest(ids: readonly string[]): RulesPhase<HeaderEdits> | undefined {
  return compileSide('request', ids)
}

/** The transforms of responses that are on, or undefined when none is. */
export function compileManagedResponse(ids: readonly string[]): RulesPhase<HeaderEdits> | undefined {
  return compileSide('response', ids)
}

function compileSide(side: ManagedTransform['side'], ids: readonly string[]): RulesPhase<HeaderEdits> | undefined {
  const on = MANAGED_TRANSFORMS.filter(
    (each) => each.side === side && ids.includes(each.id) && each.edits !== undefined,
  )
  if (on.length === 0) return undefined
  const sentences = on.map(({ id }) => `managed transform ${id}`)
  return {
    run: (context, trail) => {
      context.beginPhase()
      trail.push(...sentences)
      return { kind: 'edits', edits: on.flatMap(({ edits }) => edits?.(context.facts) ?? []) }
    },
  }
}

const LOCATION_FIELDS: readonly (readonly [name: string, read: (place: GeoPlace) => string | undefined])[] = [
  ['cf-ipcity', ({ city }) => city],
  ['cf-ipcountry', ({ country }) => country],
  ['cf-ipcontinent', ({ continent }) => continent],
  ['cf-iplongitude', ({ longitude }) => longitude?.toString()],
  ['cf-iplatitude', ({ latitude }) => latitude?.toString()],
  ['cf-region', ({ region }) => region],
  ['cf-region-code', ({ regionCode }) => regionCode],
  ['cf-metro-code', ({ metroCode }) => metroCode],
  ['cf-postal-code', ({ postalCode }) => postalCode],
  ['cf-timezone', ({ timeZone }) => timeZone],
]

/** What is not known is removed, so that a visitor cannot say where he is. */
function locationFields(facts: RuleFacts): readonly HeaderEdit[] {
  const place = placeOf(facts)
  return LOCATION_FIELDS.map(([name, read]): HeaderEdit => {
    const value = place && read(place)
    return value === undefined || value === ''
      ? { operation: 'remove', name }
      : { operation: 'set', name, value: asciiText(value) }
  })
}

const encoder = new TextEncoder()

/** "Non-ASCII values are emitted as UTF-8 bytes in `\u00xx` form." */
function asciiText(text: string): string {
  return [...encoder.encode(text)]
    .map((byte) =>
      byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : `\\u00${byte.toString(16).padStart(2, '0')}`,
    )
    .join('')
}
