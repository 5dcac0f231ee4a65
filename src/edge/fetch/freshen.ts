// A 304: what is stored goes on, brought up to date; or its asker must ask again for the whole.  RFC 9111 §3.2, §4.3.4
//
// Which fields a 304 changes, and whether the result may stay, is `cache/freshen.ts`; whether one Origin's 304 says enough
// about a copy of all Origins is `cors/sharing`.

import {
  decideFreshened,
  NOT_STORED_REASONS,
  type ReceivedResponse,
  type StoredResponse,
  type Variant,
} from '../../cache/index.ts'
import { ALLOW_ORIGIN, SHARING_REASONS, withoutOldGrants } from '../../cors/sharing/index.ts'
import { type FieldList, hasField } from '../../http/index.ts'
import { underResponseRules } from '../cache-response.ts'
import type { FlightHead } from '../flights.ts'
import { copyOf, learn } from '../sharing.ts'
import { hasVoidGrant } from '../standing.ts'
import { presentedOf } from './admit.ts'
import { isLostTo, isNoLongerShared, keep } from './keep.ts'
import { selectionAfter } from './selection.ts'
import { askedBy, type Voyage } from './voyage.ts'

/** The stored response after a 304, or undefined: the whole must be asked for. */
export async function takeConfirmation(
  voyage: Voyage,
  base: Variant,
  received: ReceivedResponse,
): Promise<FlightHead | undefined> {
  return (await mustAskAgain(voyage, base, received.fields)) ? undefined : freshen(voyage, base, received)
}

/** Whether a 304 says too little, or something else, to be merged into what is stored; the latter is noted. */
async function mustAskAgain(voyage: Voyage, base: Variant, notModified: FieldList): Promise<boolean> {
  const { exchange, edge, flight } = voyage
  const copy = copyOf(base.response, exchange.plan)
  const grants = base.grantsVoid ? 'void' : 'stand'
  const confirmation = edge.sharing.decideConfirmation(copy, askedBy(voyage), notModified, grants)
  if (confirmation.kind === 'confirms') return false
  exchange.trail.push(SHARING_REASONS[confirmation.why])
  const { known } = confirmation
  if (known !== undefined) await learn(exchange, { known, nominated: [], revision: flight.revision }, edge)
  return true
}

async function freshen(voyage: Voyage, base: Variant, received: ReceivedResponse): Promise<FlightHead | undefined> {
  const { exchange, edge, flight } = voyage
  const stored = base.response
  const { settings } = exchange.plan
  // After an epoch only those grants count that the 304 itself says.
  const counting = base.grantsVoid ? { ...stored, fields: withoutOldGrants(stored.fields) } : stored
  const decision = decideFreshened(settings, presentedOf(exchange), counting, received, (merged) =>
    underResponseRules(exchange, merged, edge),
  )
  if (decision.kind === 'refuse') {
    // The origin no longer lets it be kept.  It answers this once, as it was just validated, and then is gone.
    exchange.trail.push(`not stored: ${NOT_STORED_REASONS[decision.reason]}`)
    edge.store.remove(base)
    return unchanged(voyage, base)
  }
  const { fields, freshness, initialAge, tags, nominated } = decision
  const keeping = await keep(voyage, { status: stored.status, fields, nominated })
  // A copy of one Origin becomes everybody's only by what this very answer says.
  const isForAll = keeping?.kept === 'shared' && hasField(received.fields, ALLOW_ORIGIN)
  const key = isForAll && exchange.common !== undefined ? exchange.common.shared : stored.key
  const freshened: StoredResponse = {
    ...stored,
    ...selectionAfter(voyage, stored, nominated),
    ...{ id: exchange.ray, key, fields, freshness, initialAge, tags },
    ...{ responseTime: received.responseTime, revision: flight.revision },
  }
  // What changed at the origin while it was being confirmed is not stored again.  RFC 9111 §4.4
  if (flight.outdated || isNoLongerShared(freshened, exchange, edge)) return unchanged(voyage, base)
  exchange.trail.push('the origin server confirmed the stored response')
  const variant = edge.store.put(freshened)
  // `put` replaces what has the same key and is selected by the same.
  if (key !== stored.key || freshened.selecting !== stored.selecting) edge.store.remove(base)
  return { kind: 'freshened', variant }
}

/** The base itself as the answer, unless it grants what no longer counts, or is no longer this asker's. */
function unchanged(voyage: Voyage, base: Variant): FlightHead | undefined {
  const { exchange, edge } = voyage
  if (hasVoidGrant(base) || isLostTo(askedBy(voyage), base.response, exchange, edge)) return undefined
  return { kind: 'freshened', variant: base }
}
