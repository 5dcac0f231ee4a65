// What the data plane does about copies that Origins share (cors_variants: collapse).  The judgements are cors/sharing/sharing.ts;
// here are the keys, the store and the notes.
//
//   KEY any-origin   copies for everybody        KEY origin=X   the own copy of X        KEY cors-note   what is known
//
// S1  While the note of a URL has `origin`, nothing is kept, found or waited for under its shared key.
// S2  A note is written before the answer that teaches it goes to anybody, in every process that serves from the store.
// S3  Notes only gain names.  A purge or an epoch that names the URL ends them.

import { bytes } from '../base/index.ts'
import type { StoredResponse, Variant } from '../cache/index.ts'
import {
  type AskedBy,
  type Copy,
  isNote,
  type Keeping,
  type Known,
  namesOfNote,
  SHARING_REASONS,
  type Sharing,
} from '../cors/sharing/index.ts'
import { type FieldList, fieldValue } from '../http/index.ts'
import type { EdgeServices } from './edge.ts'
import type { KeyedExchange } from './exchange.ts'
import { removeStored } from './outdating.ts'
import type { ZonePlan } from './plan.ts'
import { stillStands } from './standing.ts'
import { makeNote } from './url-note.ts'

/** Who asks in an exchange: the Origin that the origin server is sent, which is also that of the key. */
export function askerOf({ presented }: Pick<KeyedExchange, 'presented'>): AskedBy {
  return presented.get('origin')
}

/** A stored response as the judgements see it. */
export function copyOf(
  { key, requestFields, fields }: Pick<StoredResponse, 'key' | 'requestFields' | 'fields'>,
  { keys }: Pick<ZonePlan, 'keys'>,
): Copy {
  return {
    kept: keys.isShared(key) ? 'shared' : 'own',
    askedBy: fieldValue(requestFields, 'origin') ?? null,
    fields,
  }
}

/** Whether a copy that was found may answer the exchange; where Origins share nothing, its key has said so already. */
export function mayGoTo(
  exchange: KeyedExchange,
  response: Pick<StoredResponse, 'key' | 'requestFields' | 'fields'>,
  sharing: Sharing,
): boolean {
  if (exchange.common === undefined) return true
  const verdict = sharing.mayAnswer(copyOf(response, exchange.plan), askerOf(exchange))
  if (verdict.may === 'no') exchange.trail.push(`not for this Origin: ${SHARING_REASONS[verdict.why]}`)
  return verdict.may === 'yes'
}

// Notes

const NO_NAMES: readonly string[] = []
const ORIGIN = 'origin'

/** The names that are noted for the URL of an exchange. */
export function notedNames({ common }: Pick<KeyedExchange, 'common'>, edge: EdgeServices): readonly string[] {
  return common === undefined ? NO_NAMES : namesOf(findNotes(common.note, edge))
}

function namesOf(notes: readonly Variant[]): readonly string[] {
  const [note, ...more] = notes
  if (note === undefined) return NO_NAMES
  const names = namesOfNote(note.response)
  return more.length === 0 ? names : [...new Set([...names, ...namesOf(more)])]
}

/** What is known of the URL of an exchange. */
export function knownOf(exchange: Pick<KeyedExchange, 'common'>, edge: EdgeServices): Known {
  return notedNames(exchange, edge).includes(ORIGIN) ? 'contradicted' : 'uncontradicted'
}

/** The notes of a URL: one, but where several processes have written one at the same moment. */
function findNotes(key: string, edge: EdgeServices): readonly Variant[] {
  return (edge.store.find(key)?.variants ?? []).filter((variant) => {
    if (!isNote(variant.response) || !stillStands(variant, edge)) return false
    if (variant.grantsVoid) edge.store.remove(variant)
    return !variant.grantsVoid
  })
}

/** Notes what an answer has taught, and drops at once what may be shared no more. */
export async function learn(
  exchange: KeyedExchange,
  lesson: { readonly known: Known; readonly nominated: readonly string[]; readonly revision: number },
  edge: EdgeServices,
): Promise<void> {
  const { common } = exchange
  if (common === undefined) return
  const taught = lesson.known === 'contradicted' ? [...lesson.nominated, ORIGIN] : lesson.nominated
  if (lesson.known === 'contradicted') dropShared(common.shared, edge)
  if (!teachesMore(taught, notedNames(exchange, edge))) return
  const fill = edge.store.begin(bytes(0))
  const body = await fill.finish()
  // What was noted meanwhile is kept: the note is read after the wait.
  const known = findNotes(common.note, edge)
  const names = new Set([...namesOf(known), ...taught])
  const revision = Math.max(lesson.revision, ...known.map(({ response }) => response.revision))
  const { location, ray: id } = exchange
  const place = { id: `${id}-note`, key: common.note, location, revision, at: edge.clock.now() }
  edge.store.put(makeNote([...names].sort(), place, body))
  if (lesson.known === 'contradicted') dropShared(common.shared, edge)
  // The note itself is told of when it is written; one that another process is about to write must stay.
  if (edge.siblings !== undefined) await edge.siblings.outdate([common.shared])
}

function teachesMore(taught: readonly string[], noted: readonly string[]): boolean {
  return taught.some((name) => !noted.includes(name))
}

/** Removes every copy that was for everybody. */
export function dropShared(key: string, edge: Pick<EdgeServices, 'store'>): void {
  removeStored(key, edge)
}

// Keeping

/** For whom an answer is kept, as the judgement says from what is known now. */
export function keepingOf(
  exchange: KeyedExchange,
  answer: { readonly askedBy: AskedBy; readonly status: number; readonly fields: FieldList },
  edge: EdgeServices,
): Keeping {
  const keeping = edge.sharing.decideKeeping(answer, knownOf(exchange, edge))
  exchange.trail.push(SHARING_REASONS[keeping.why])
  return keeping
}
