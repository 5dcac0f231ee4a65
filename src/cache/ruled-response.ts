// A response that rules changed between the origin server and the store.  CF cache/how-to/cache-response-rules
//
// It has two faces.  `judged` decides whether and for how long it is stored, and by which tags it is purged; `passed` is what
// is kept and sent.  They differ where a directive is for this edge alone (`cloudflare_only`).

import { type FieldList, fieldValue, withField } from '../http/index.ts'
import type { CacheSettings } from './settings.ts'
import { withoutSmartRevalidation } from './validation.ts'

export type RuledResponse = {
  readonly judged: FieldList
  readonly passed: FieldList
  /** The settings to judge it by. */
  readonly settings: CacheSettings
  /** Whether a validator may be made up for it. */
  readonly allowsSmartRevalidation: boolean
}

/** The fields that are kept when of those that were judged `judgedKept` are: the other face without what they lost. */
export function passedAsKept(
  { judged, passed, allowsSmartRevalidation }: RuledResponse,
  judgedKept: FieldList,
): FieldList {
  const remaining = new Set(judgedKept.map(([name]) => name))
  const dropped = new Set(judged.map(([name]) => name).filter((name) => !remaining.has(name)))
  const fields = passed.filter(([name]) => !dropped.has(name))
  const date = fieldValue(judgedKept, 'date')
  const dated = date === undefined || fieldValue(fields, 'date') === date ? fields : withField(fields, 'date', date)
  return allowsSmartRevalidation ? dated : withoutSmartRevalidation(dated)
}
