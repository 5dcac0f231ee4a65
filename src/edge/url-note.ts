// A note about a URL in the shape of a stored response (cors/sharing/note.ts says what it is).

import { type EpochMillis, millis } from '../base/index.ts'
import type { CacheKey, Location, StoredBody, StoredResponse } from '../cache/index.ts'
import { NOTE_STATUS, noteFields } from '../cors/sharing/index.ts'

export type NotePlace = {
  readonly id: string
  readonly key: CacheKey
  readonly location: Location
  readonly revision: number
  readonly at: EpochMillis
}

/** Never judged: a note holds until a purge or the store's want of room. */
const FOR_EVER: StoredResponse['freshness'] = {
  lifetime: millis(Number.MAX_SAFE_INTEGER),
  alwaysValidate: false,
  staleWhileRevalidate: millis(0),
  staleIfError: millis(0),
  staleIfUnreachable: millis(0),
}

/** The note that has these names; `body` is the empty one. */
export function makeNote(names: readonly string[], place: NotePlace, body: StoredBody): StoredResponse {
  const { id, key, location, revision, at } = place
  return {
    ...{ id, key, location, revision, body, responseTime: at },
    ...{ selecting: [], requestFields: [], status: NOTE_STATUS, tags: [] },
    fields: noteFields(names),
    freshness: FOR_EVER,
    initialAge: millis(0),
  }
}
