// What a stored response costs in memory beside its body: measured by bench/store-memory.ts, estimated here.

import type { FieldList } from '../../http/index.ts'
import type { StoredResponse } from '../stored-response.ts'

/** The variant, the record, its entry and its slot in the index. */
const RECORD_BYTES = 640
/** A pair of strings in a list, beside their characters. */
const FIELD_BYTES = 96

/** An estimate on the high side: it counts strings of which others may share the characters. */
export function recordCost(response: StoredResponse): number {
  const { location } = response
  let cost = RECORD_BYTES + response.key.length + response.id.length + location.path.length + location.query.length
  cost += fieldsCost(response.fields) + fieldsCost(response.requestFields)
  for (const tag of response.tags) cost += tag.length + 32
  for (const [, value] of response.selecting) cost += FIELD_BYTES + (value?.length ?? 0)
  return cost
}

function fieldsCost(fields: FieldList): number {
  let cost = 0
  for (const [name, value] of fields) cost += FIELD_BYTES + name.length + value.length
  return cost
}
