// By which request fields a copy is selected, and which a later validation of it has to send again.  RFC 9111 §4.1

import { type Selecting, type StoredResponse, selectingFor } from '../../cache/index.ts'
import { rememberedFields } from '../origin-request.ts'
import { notedNames } from '../sharing.ts'
import { sentField, type Voyage } from './voyage.ts'

type Selection = Pick<StoredResponse, 'selecting' | 'requestFields'>

/** Of an answer whose Vary nominates these fields. */
export function selectionOf(voyage: Voyage, listed: readonly string[]): Selection {
  const { exchange, edge } = voyage
  const nominated = withNoted(listed, notedNames(exchange, edge))
  const field = sentField(voyage)
  return {
    selecting: selectingFor(nominated, field, exchange.plan.settings.vary),
    requestFields: rememberedFields(exchange, nominated, field),
  }
}

/**
 * Of a stored response after a 304 whose Vary nominates these fields: what it nominates anew selects from now on too, by the
 * request that it was an answer to.
 */
export function selectionAfter(voyage: Voyage, stored: Selection, listed: readonly string[]): Selection {
  const { selecting, requestFields } = stored
  const added = listed.filter((name) => !isAmong(selecting, name))
  if (added.length === 0) return { selecting, requestFields }
  const field = sentField(voyage)
  const both = [...selecting, ...selectingFor(added, field, voyage.exchange.plan.settings.vary)]
  const sent = added.flatMap((name) => {
    const value = requestFields.some(([known]) => known === name) ? null : field(name)
    return value === null ? [] : [[name, value] as const]
  })
  return {
    selecting: both.sort(([name], [other]) => (name < other ? -1 : 1)),
    requestFields: [...requestFields, ...sent],
  }
}

function isAmong(selecting: Selecting, name: string): boolean {
  return selecting.some(([known]) => known === name)
}

/** Names that Vary once had select for good; that Origin does, the key says. */
function withNoted(nominated: readonly string[], noted: readonly string[]): readonly string[] {
  const sticky = noted.filter((name) => name !== 'origin' && !nominated.includes(name))
  return sticky.length === 0 ? nominated : [...nominated, ...sticky].sort()
}
