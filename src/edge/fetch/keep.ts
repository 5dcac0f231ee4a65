// For whom an answer is kept: the key of its copy, and whether one Origin may have yet another.
// docs/decisions/0110, 0113; whose copy may answer whom is `cors/sharing`.

import { type CacheKey, freshUntil, type StoredResponse } from '../../cache/index.ts'
import { ADMISSION_REASONS, type AskedBy, hasGrant, type Keeping } from '../../cors/sharing/index.ts'
import type { FieldList } from '../../http/index.ts'
import { urlOf } from '../cors-findings.ts'
import type { EdgeServices } from '../edge.ts'
import type { KeyedExchange } from '../exchange.ts'
import type { Draft } from '../flights.ts'
import { copyOf, keepingOf, knownOf, learn } from '../sharing.ts'
import { askedBy, type Voyage } from './voyage.ts'

type Kept = { readonly status: number; readonly fields: FieldList; readonly nominated: readonly string[] }

/** For whom an answer is kept, after what it teaches was noted; undefined where each Origin has its own copies only. */
export async function keep(voyage: Voyage, { status, fields, nominated }: Kept): Promise<Keeping | undefined> {
  const { exchange, edge, flight } = voyage
  if (exchange.common === undefined) return undefined
  const keeping = keepingOf(exchange, { askedBy: askedBy(voyage), status, fields }, edge)
  await learn(exchange, { known: keeping.known, nominated, revision: flight.revision }, edge)
  return keeping
}

/** The key of what is kept, or undefined when nobody's copy comes of it: one for an Origin other than the client's. */
export function keyFor({ exchange, base, isBehind }: Voyage, keeping: Keeping | undefined): CacheKey | undefined {
  if (exchange.common === undefined || keeping === undefined) return exchange.key
  if (keeping.kept === 'shared') return exchange.common.shared
  if (!isBehind) return exchange.key
  return base?.response.key === exchange.common.shared ? undefined : base?.response.key
}

/** Whether a copy that was meant for everybody may not be that any more: an answer has contradicted it meanwhile. */
export function isNoLongerShared(
  { key }: Pick<StoredResponse, 'key'>,
  exchange: KeyedExchange,
  edge: EdgeServices,
): boolean {
  return key === exchange.common?.shared && knownOf(exchange, edge) === 'contradicted'
}

/** Whether a shared copy is this asker's no more: the sharing has ended meanwhile, and somebody else had earned it. */
export function isLostTo(
  asker: AskedBy,
  answer: Pick<StoredResponse, 'key' | 'requestFields' | 'fields'>,
  exchange: KeyedExchange,
  edge: EdgeServices,
): boolean {
  return isNoLongerShared(answer, exchange, edge) && copyOf(answer, exchange.plan).askedBy !== asker
}

/** Why a copy would be one Origin's too many, or undefined: strangers write as many Origins as they like. */
export function decideAdmission(voyage: Voyage, draft: Draft): string | undefined {
  const { base, exchange, edge } = voyage
  const asker = askedBy(voyage)
  // What has no Origin in its key is one copy, whoever asks.
  if (asker === null || !exchange.plan.keys.fieldNames.includes('origin')) return undefined
  if (exchange.plan.keys.isShared(draft.key)) return undefined
  const admission = edge.budget.admit(`${exchange.plan.zone.id} ${urlOf(exchange)}`, asker, {
    now: draft.responseTime,
    until: freshUntil(draft),
    isGranted: hasGrant(draft.fields),
    hasCopy: base?.response.key === draft.key,
  })
  return admission === 'admitted' ? undefined : ADMISSION_REASONS[admission]
}
