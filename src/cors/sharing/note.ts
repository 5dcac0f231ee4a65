// What is noted about a URL whose copies are shared between Origins: the names that Vary has ever had, and `origin` among
// them once an answer has shown that it depends on who asks.  The union sticks until a purge or an epoch of the URL.
//
// A note is stored as if it were a response, under a key of its own and with a status that no answer has.  So it is as
// durable as the copies that it is about, takes part in their bounds, and every purge that names the URL takes it too.  It
// is never anybody's answer: no request is looked up under its key.

import { type FieldList, fieldValue, listMembers } from '../../http/index.ts'

/** The status of a note: no final answer has it. */
export const NOTE_STATUS = 0

/** Whether something stored is a note, and so nothing that anybody put into the cache. */
export function isNote({ status }: { readonly status: number }): boolean {
  return status === NOTE_STATUS
}

/** The fields of the note that has these names. */
export function noteFields(names: readonly string[]): FieldList {
  return [['vary', names.join(', ')]]
}

/** The names that a note has, in order. */
export function namesOfNote({ fields }: { readonly fields: FieldList }): readonly string[] {
  return listMembers(fieldValue(fields, 'vary') ?? '')
}
