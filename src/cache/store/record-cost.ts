// What a variant costs in memory beside its body and beside the parts that it shares, and a body beside its bytes.
//
// Resident memory, by bench/store-memory.ts: about half as much again as the objects themselves, because the collector
// of garbage keeps room around them.

import type { StoredResponse } from '../stored-response.ts'

/** The variant, its record, its entry, its slot in the index, and its lists without their slots. */
const VARIANT_BYTES = 950
const SLOT_BYTES = 8
/** Its digest, its places in tables, the objects around its bytes. */
export const BODY_RECORD_BYTES = 480
const SELECTING_PAIR_BYTES = 96

/** An estimate, on the high side. */
export function recordCost({ id, key, fields, selecting }: StoredResponse): number {
  let cost = VARIANT_BYTES + key.length + id.length + fields.length * SLOT_BYTES
  for (const [name, value] of selecting) cost += SELECTING_PAIR_BYTES + name.length + (value?.length ?? 0)
  return cost
}
