// Origin scripts that many tests need: an origin that knows its validators.

import type { FieldLine } from './http1.ts'
import type { Script } from './origin.ts'
import type { Answer } from './origin-response.ts'

/** Answers 304 to a request that names this entity-tag, else the answer with the tag.  A 304 repeats the fields. */
export function taggedWith(
  entityTag: string,
  answer: Answer,
  fieldsOf304: readonly FieldLine[] = answer.fields ?? [],
): Script {
  const tag: FieldLine = ['ETag', entityTag]
  return (request) =>
    request.field('if-none-match') === entityTag
      ? { status: 304, fields: [tag, ...fieldsOf304] }
      : { ...answer, fields: [tag, ...(answer.fields ?? [])] }
}

/** Answers 304 to a request with this very If-Modified-Since, else the answer with that Last-Modified. */
export function modifiedAt(date: string, answer: Answer): Script {
  const modified: FieldLine = ['Last-Modified', date]
  return (request) => {
    const fields = [modified, ...(answer.fields ?? [])]
    return request.field('if-modified-since') === date ? { status: 304, fields } : { ...answer, fields }
  }
}
