// Writes an admitted answer into the store while it is handed on, and puts it in its place once it is whole.
//
// A body that breaks off, or grows over the limit, is stored nowhere; nor is one that something has overtaken meanwhile.

import { bytes } from '../../base/index.ts'
import { excessVariants, type Fill, type Variant } from '../../cache/index.ts'
import type { OriginAnswer } from '../../origin/index.ts'
import type { KeyedExchange } from '../exchange.ts'
import type { Draft } from '../flights.ts'
import { isNoLongerShared } from './keep.ts'
import type { Settle, Voyage } from './voyage.ts'

/** Settles with the fill, and lands once it is stored, or lost.  `age`: the answer's Age as it came. */
export async function fillFrom(
  voyage: Voyage,
  answer: OriginAnswer,
  draft: Draft,
  age: string | undefined,
  settle: Settle,
): Promise<void> {
  const { edge, exchange } = voyage
  const length = lengthOf(answer)
  const { maxObjectSize } = exchange.plan.settings
  const fill = edge.store.begin(length === undefined ? undefined : bytes(length), maxObjectSize)
  settle({ kind: 'filling', draft, fill, first: voyage.isBehind ? undefined : fill.reader(), length, age })
  try {
    if (answer.body !== null) await pour(answer.body, fill)
  } catch (cause) {
    // Readers end with an error, so that nobody takes a part for the whole; nothing is stored.
    fill.abort(cause instanceof Error ? cause : new Error(String(cause)))
    exchange.trail.push('the answer broke off; nothing is stored')
    return
  }
  const body = await fill.finish()
  if (body.length > maxObjectSize || isOvertaken(voyage, draft)) return
  place(voyage, edge.store.put({ ...draft, body }))
}

function lengthOf({ headers, body }: OriginAnswer): number | undefined {
  if (body === null) return 0
  const text = headers.get('content-length')
  return text !== null && /^\d{1,15}$/.test(text) ? Number(text) : undefined
}

async function pour(body: ReadableStream<Uint8Array>, fill: Fill): Promise<void> {
  for await (const chunk of body) {
    const room = fill.write(chunk)
    if (room !== undefined) await room
  }
}

/** Whether the resource changed, or the copy is no longer everybody's, since the head. */
function isOvertaken({ flight, exchange, edge }: Voyage, draft: Draft): boolean {
  return flight.outdated || isNoLongerShared(draft, exchange, edge)
}

/** Takes away what the new variant stands for, and what is too many beside it. */
function place({ base, exchange, edge }: Voyage, variant: Variant): void {
  if (base !== undefined && isReplaced(base, variant, exchange)) edge.store.remove(base)
  const entry = edge.store.peek(variant.response.key)
  if (entry !== undefined) for (const excess of excessVariants(entry)) edge.store.remove(excess)
}

/** Whether a stored answer takes the place of its base; `put` has replaced one that was selected by the same values. */
function isReplaced(base: Variant, { response }: Variant, exchange: KeyedExchange): boolean {
  if (base.response.key !== response.key) return response.key === exchange.common?.shared
  return JSON.stringify(base.response.selecting) !== JSON.stringify(response.selecting)
}
