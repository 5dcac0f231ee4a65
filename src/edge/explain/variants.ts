// What is stored for a URL, told: the response that is used, and why each other one is not.

import { toSeconds } from '../../base/index.ts'
import {
  currentAge,
  decideReuse,
  keyParts,
  type StoredResponse,
  selectingFor,
  type Variant,
} from '../../cache/index.ts'
import type { OtherVariant, VariantReport } from '../../cors/index.ts'
import { isNote, SHARING_REASONS } from '../../cors/sharing/index.ts'
import { fieldValue } from '../../http/index.ts'
import type { EdgeServices } from '../edge.ts'
import type { KeyedExchange } from '../exchange.ts'
import { sentFieldReader } from '../origin-request.ts'
import { askerOf, copyOf, knownOf } from '../sharing.ts'
import type { Rehearsal } from './rehearse.ts'

/** Others that are told one by one. */
export const MAX_OTHERS = 100
/** Stored responses that are looked through for them; beyond, the answer says that there may be more. */
const MAX_WALKED = 250_000
/** The walk holds the event loop for no more responses than this. */
const STEP_RESPONSES = 250

type Described = Pick<OtherVariant, 'id' | 'origin' | 'status' | 'age' | 'ttl'>

/** The stored response that answers, or is validated. */
export function reportVariant({ response, invalidatedAt }: Variant, edge: EdgeServices): VariantReport {
  const { origin, ...described } = describe(response, edge)
  return {
    ...described,
    fresh: decideReuse(response, invalidatedAt, edge.clock.now()).kind === 'fresh',
    revision: response.revision,
    filledBy: { origin, at: new Date(response.responseTime).toISOString() },
    fields: response.fields,
  }
}

function describe(response: StoredResponse, { clock }: EdgeServices): Described {
  const age = currentAge(response, clock.now())
  const left = (response.freshness.lifetime - age) as typeof age
  return {
    id: response.id,
    status: response.status,
    age: toSeconds(age),
    ttl: toSeconds(left),
    origin: fieldValue(response.requestFields, 'origin'),
  }
}

export type Others = { readonly listed: readonly OtherVariant[]; readonly areMore: boolean }

/** Every other stored response for the URL: of other Origins, of other key parts, and variants that do not fit. */
export async function findOthers({ exchange, variant }: Rehearsal, edge: EdgeServices): Promise<Others> {
  if (exchange.key === undefined) return { listed: [], areMore: false }
  const keyed = exchange as KeyedExchange
  const listed: OtherVariant[] = []
  let walked = 0
  for (const response of edge.store.responses()) {
    walked += 1
    if (walked > MAX_WALKED || listed.length >= MAX_OTHERS) return { listed, areMore: true }
    if (walked % STEP_RESPONSES === 0) await new Promise((resolve) => setImmediate(resolve))
    if (!isSameUrl(response, keyed) || isNote(response) || response.id === variant?.response.id) continue
    if (edge.journal.standing(response).kind === 'purged') continue
    const whyNot = whyNotUsed(keyed, response, edge)
    listed.push({ ...report(response, edge), whyNot })
  }
  return { listed, areMore: false }
}

function report(response: StoredResponse, edge: EdgeServices): Omit<OtherVariant, 'whyNot'> {
  return { ...describe(response, edge), grants: fieldValue(response.fields, 'access-control-allow-origin') }
}

function isSameUrl({ location }: StoredResponse, { location: asked }: KeyedExchange): boolean {
  return (
    location.path === asked.path &&
    location.query === asked.query &&
    location.host === asked.host &&
    location.scheme === asked.scheme &&
    location.zone === asked.zone
  )
}

function whyNotUsed(exchange: KeyedExchange, response: StoredResponse, edge: EdgeServices): string {
  if (response.key === exchange.key) return whyNotSelected(exchange, response)
  if (response.key !== exchange.common?.shared) return whyOtherKey(exchange, response)
  if (knownOf(exchange, edge) === 'contradicted') return SHARING_REASONS['contradicted-before']
  const verdict = edge.sharing.mayAnswer(copyOf(response, exchange.plan), askerOf(exchange))
  return verdict.may === 'no' ? SHARING_REASONS[verdict.why] : whyNotSelected(exchange, response)
}

/** Under one key, the first selecting field that differs. */
function whyNotSelected(exchange: KeyedExchange, { selecting }: StoredResponse): string {
  const field = sentFieldReader(exchange)
  for (const [name, value] of selecting) {
    const [[, asked] = ['', undefined]] = selectingFor([name], field, exchange.plan.settings.vary)
    if (asked !== value) return `it is for ${named(name, value)}, and this request has ${named(name, asked)}`
  }
  return 'a newer one fits as well'
}

function named(name: string, value: string | undefined): string {
  return value === undefined ? `no ${name}` : `${name} ${JSON.stringify(value.slice(0, 100))}`
}

/** Under another key, the first part that differs. */
function whyOtherKey({ key }: KeyedExchange, other: StoredResponse): string {
  const asked = partsOf(key)
  const held = partsOf(other.key)
  if (held.get('origin') !== asked.get('origin')) {
    return `it is the copy of ${originNamed(held.get('origin'))}, and this request has ${originNamed(asked.get('origin'))}`
  }
  for (const name of new Set([...held.keys(), ...asked.keys()])) {
    if (held.get(name) !== asked.get(name)) {
      return `its key has ${named(name, held.get(name))}, and this request's has ${named(name, asked.get(name))}`
    }
  }
  return 'its key differs'
}

function partsOf(key: string): ReadonlyMap<string, string> {
  return new Map(keyParts(key).map(({ name, value }) => [name, value]))
}

function originNamed(origin: string | undefined): string {
  return origin === undefined ? 'no Origin' : `Origin ${origin}`
}
