// May this stored answer go to that Origin?  The reasoning behind `cors_variants: collapse`.
//
// THE HAZARD.  An origin server may answer two Origins differently and not say so.  The usual one sends a grant only when
// the request has Origin, and `Vary: Origin` only with the grant; so the answer without a grant looks as if it were good
// for everybody, is stored, and breaks every page that comes after it.  Or it writes back whatever Origin asks, and the
// first one's grant is served to all.  Caches that believe Vary are poisoned.  The opposite, a copy for each Origin, is
// safe, and makes the copies as many as the sites that embed a file, though nearly all of them carry the same `*`.
//
// WHAT A CACHE CAN KNOW.  It sees single answers, each given to one asker.  From an answer without a grant nothing follows
// for other Origins: "no" is what both an origin that never grants and one that grants to others would say.  From an answer
// that names an Origin nothing follows for another.  From a credentialed one neither, since there `*` means nothing.  Only
// one sentence of the protocol is about everybody: `Access-Control-Allow-Origin: *` without credentials, in an answer
// whose Vary does not name Origin.  By the Fetch standard it is a grant to every Origin, by RFC 9111 the answer may be
// reused for every request; whoever passes it on repeats a grant and creates none.  That sentence alone is shared.
//
//                      request with Origin X                    request without Origin
//   `*`, plain         shared with everybody                    shared with everybody
//   `*` + Vary:Origin  own copy of X, and a contradiction       own copy, and a contradiction
//   `*` + credentials  own copy of X, and a contradiction       own copy, and a contradiction
//   `X`, `null`, …     own copy of X, and a contradiction       own copy, and a contradiction
//   nothing            own copy of X, and a contradiction       own copy; says nothing of Origins
//   nothing, 4xx, 5xx  own copy of X; says nothing              own copy; says nothing
//
// SPLIT ON CONTRADICTION.  "Everybody" is a claim that one answer can refute.  Anything but the plain `*` to an Origin shows
// that the origin server looks at who asks.  From the head of that answer on the URL is *contradicted*: what was shared is
// dropped, and every Origin has a copy of its own, plain `*` or not, until a purge or an epoch of the URL forgets it.  The
// fact is stored like a response (note.ts), so that a restart keeps it and a purge takes it.  Splitting too
// often costs a few requests; sharing once too often is a page that reads what it must not.  An error without a grant does
// not split: servers forget their fields on errors, and one 404 would shard a library for good.
//
// WITHOUT ORIGIN.  Storage services send the grant only to requests with Origin.  So "nothing" there contradicts nothing:
// the answer is the own copy of requests without Origin and never answers one that has it.  The other way round `*` may
// go to everybody.  Absent, `null` and a serialised origin are three askers, compared as the bytes they are.
//
// VALIDATION.  A 304 is an answer to one asker as well.  For an own copy, RFC 9111 §3.2 holds: what the 304 does not say
// stays.  For a shared copy it holds as long as the 304 does not say otherwise: one that names an Origin, credentials, or
// Vary: Origin is refused as a confirmation, and the same asker asks again without conditions, so that fields of two
// answers are never mixed.  A request without Origin does not validate what a request with Origin has earned: its 304
// could not say whether the grant still stands.  A validation behind a client's back speaks for the asker who earned it.
//
// WAITING.  While a URL is not contradicted, misses of different Origins wait for the head of one answer: then either all
// read it, or each sets off alone.  After a contradiction they never wait for one another.  A shared copy that is being
// validated, or waited for, when another answer contradicts it is from then on its earner's alone: whoever else waits for it
// asks again, and gets none of it for a failing origin server either.
//
// EPOCHS.  After a CORS epoch no stored grant counts.  A copy that grants something is validated before anything else, and
// a 304 confirms it only if it says each grant again; if not, the answer is asked for without conditions.
//
// Pure: everything is in the arguments.  The keys, the store and the flights are the edge's.

import { type FieldList, hasField } from '../../http/index.ts'
import { ALLOW_CREDENTIALS, grantOf, hasGrant, isForEverybody, saysGrantsAgain, variesByOrigin } from './grant.ts'

/** Who asked: the Origin field as it came, or null for a request without one. */
export type AskedBy = string | null

/** What the origin server answered, and to whom. */
export type OriginsAnswer = { readonly askedBy: AskedBy; readonly status: number; readonly fields: FieldList }

/** A stored answer: whose request earned it, and for whom it is kept. */
export type Copy = {
  readonly kept: 'shared' | 'own'
  readonly askedBy: AskedBy
  readonly fields: FieldList
}

/** What earlier answers of the URL have shown. */
export type Known =
  /** Nothing speaks against sharing a plain `*`. */
  | 'uncontradicted'
  /** Some answer depended on who asked. */
  | 'contradicted'

/** Why something is shared or not: one sentence each. */
export const SHARING_REASONS = {
  'granted-to-everybody': 'the origin server grants it to everybody, without credentials: one copy serves every Origin',
  'contradicted-before': 'an earlier answer of this URL depended on Origin: every Origin has a copy of its own',
  'varies-by-origin': 'Vary names Origin: every Origin has a copy of its own',
  'with-credentials': 'the answer speaks of credentials: it is for the Origin that asked',
  'timing-for-some': 'Timing-Allow-Origin names an Origin: it is for the Origin that asked',
  'granted-to-one': 'the grant names an Origin: it is for the Origin that asked',
  'granted-to-null': 'the grant is null: it is for requests with Origin null',
  'granted-to-nobody': 'the grant is no origin: it is for the Origin that asked',
  'refused-to-origin': 'an Origin asked and was granted nothing: others may be granted something',
  'error-without-grant': 'an error without a grant: it is for the Origin that asked, and says nothing of others',
  'nobody-asked': 'no Origin asked: the answer says nothing of what Origins are granted',
  'own-copy': 'the copy was earned by this very Origin',
  'copy-of-another': 'the copy was earned by another Origin',
  'not-for-everybody': 'the copy is not granted to everybody',
  'earned-with-origin':
    'the copy was earned with an Origin, and a request without one cannot tell whether it still stands',
  confirmed: 'the origin server confirmed the copy',
  'confirmed-otherwise':
    'the origin server confirmed the content and grants it otherwise: it is asked again without conditions',
  'grants-not-said-again': 'the stored grants no longer count and the 304 does not say them again: it is asked again',
} as const
export type SharingReason = keyof typeof SHARING_REASONS

/** For whom an answer is to be kept. */
export type Keeping = {
  readonly kept: 'shared' | 'own'
  readonly why: SharingReason
  /** What is known of the URL from this answer on. */
  readonly known: Known
}

export type SharingVerdict = { readonly may: 'yes' | 'no'; readonly why: SharingReason }

/** What a 304 means for the copy that it is about. */
export type Confirmation =
  /** Its fields are merged into the stored ones. */
  | { readonly kind: 'confirms'; readonly why: SharingReason }
  /** It cannot be used: the same asker asks again, without conditions.  `known`: what it teaches, if anything. */
  | { readonly kind: 'ask-again'; readonly why: SharingReason; readonly known: Known | undefined }

/** The judgements together, so that a model checker can put faulty ones in their place. */
export interface Sharing {
  /** For whom an answer is kept, and what it teaches of its URL. */
  decideKeeping(answer: OriginsAnswer, known: Known): Keeping
  /** Whether a stored copy may answer a request with this Origin. */
  mayAnswer(copy: Copy, presented: AskedBy): SharingVerdict
  /** Whether a request with this Origin may ask if a stored copy still stands. */
  mayValidate(copy: Copy, presented: AskedBy): SharingVerdict
  /** Whether a 304 to this asker confirms a copy.  `grants`: 'void' when an epoch has come since it was earned. */
  decideConfirmation(copy: Copy, presented: AskedBy, notModified: FieldList, grants: 'stand' | 'void'): Confirmation
  /** Whether a miss with this Origin waits for the head of another's answer. */
  mayWaitForOthers(presented: AskedBy, known: Known): SharingVerdict
}

/** Whether an answer says one and the same to all: the one reading of fields that everything here rests on. */
type ReadForEverybody = (fields: FieldList) => boolean

export const SHARING: Sharing = makeSharing(isForEverybody)

/** The judgements over a reading of fields. */
export function makeSharing(readForEverybody: ReadForEverybody): Sharing {
  return {
    decideKeeping: (answer, known) => decideKeeping(answer, known, readForEverybody),
    mayAnswer: (copy, presented) => mayAnswer(copy, presented, readForEverybody),
    mayValidate,
    decideConfirmation: (copy, _presented, notModified, grants) =>
      decideConfirmation(copy, notModified, grants, readForEverybody),
    mayWaitForOthers,
  }
}

function decideKeeping(answer: OriginsAnswer, known: Known, readForEverybody: ReadForEverybody): Keeping {
  if (readForEverybody(answer.fields)) {
    return known === 'uncontradicted'
      ? { kept: 'shared', why: 'granted-to-everybody', known }
      : { kept: 'own', why: 'contradicted-before', known }
  }
  const why = whyOwn(answer)
  return { kept: 'own', why, known: SILENT.has(why) ? known : 'contradicted' }
}

/** Reasons that say nothing of what other Origins would be answered. */
const SILENT: ReadonlySet<SharingReason> = new Set<SharingReason>(['error-without-grant', 'nobody-asked'])

const FIRST_ERROR = 400

/** Why an answer is not one for everybody. */
function whyOwn({ askedBy, status, fields }: OriginsAnswer): SharingReason {
  if (variesByOrigin(fields)) return 'varies-by-origin'
  if (hasField(fields, ALLOW_CREDENTIALS)) return 'with-credentials'
  switch (grantOf(fields)) {
    case 'everybody':
      return 'timing-for-some'
    case 'one':
      return 'granted-to-one'
    case 'null':
      return 'granted-to-null'
    case 'nobody':
      return 'granted-to-nobody'
    default:
      if (askedBy === null) return 'nobody-asked'
      return status >= FIRST_ERROR ? 'error-without-grant' : 'refused-to-origin'
  }
}

function mayAnswer(copy: Copy, presented: AskedBy, readForEverybody: ReadForEverybody): SharingVerdict {
  const { kept, askedBy, fields } = copy
  if (kept === 'own') return askedBy === presented ? yes('own-copy') : no('copy-of-another')
  return readForEverybody(fields) ? yes('granted-to-everybody') : no('not-for-everybody')
}

function mayValidate({ kept, askedBy }: Copy, presented: AskedBy): SharingVerdict {
  if (kept === 'own') return askedBy === presented ? yes('own-copy') : no('copy-of-another')
  return presented === null && askedBy !== null ? no('earned-with-origin') : yes('granted-to-everybody')
}

function decideConfirmation(
  { kept, fields }: Copy,
  notModified: FieldList,
  grants: 'stand' | 'void',
  readForEverybody: ReadForEverybody,
): Confirmation {
  if (grants === 'void' && hasGrant(fields) && !saysGrantsAgain(fields, notModified)) {
    return { kind: 'ask-again', why: 'grants-not-said-again', known: undefined }
  }
  if (kept === 'shared' && !readForEverybody(merged(fields, notModified))) {
    return { kind: 'ask-again', why: 'confirmed-otherwise', known: 'contradicted' }
  }
  return { kind: 'confirms', why: 'confirmed' }
}

/** The stored fields, those that a 304 has replaced by its own.  RFC 9111 §3.2 */
function merged(stored: FieldList, notModified: FieldList): FieldList {
  const said = new Set(notModified.map(([name]) => name))
  return [...stored.filter(([name]) => !said.has(name)), ...notModified]
}

function mayWaitForOthers(presented: AskedBy, known: Known): SharingVerdict {
  if (presented === null) return no('nobody-asked')
  return known === 'uncontradicted' ? yes('granted-to-everybody') : no('contradicted-before')
}

function yes(why: SharingReason): SharingVerdict {
  return { may: 'yes', why }
}

function no(why: SharingReason): SharingVerdict {
  return { may: 'no', why }
}
