// A body that a schema describes: parsed by it, and refused with a pointer to each place that is wrong.

import type { z } from '@hono/zod-openapi'
import { fail, ok, type Result } from '../base/index.ts'
import { refuse } from './envelope.ts'
import type { ApiProblem } from './errors.ts'
import type { BodyRule } from './operation.ts'
import { sentenceFor } from './schema-sentence.ts'

const MAX_PROBLEMS = 20

/** The rule for a body of this schema. */
export function schemaBody<Schema extends z.ZodType>(schema: Schema): BodyRule<z.output<Schema>, unknown> {
  return { schema, parse: (json) => readBySchema(schema, json) }
}

/** An object as the schema has it. */
export function readBody<Schema extends z.ZodType>(
  schema: Schema,
  json: unknown,
): Result<z.output<Schema>, readonly ApiProblem[]> {
  if (typeof json === 'object' && json !== null && !Array.isArray(json)) return readBySchema(schema, json)
  return refuse('invalid-body', { message: 'the body is not an object; send { ... }', pointer: '' })
}

function readBySchema<Schema extends z.ZodType>(
  schema: Schema,
  json: unknown,
): Result<z.output<Schema>, readonly ApiProblem[]> {
  const parsed = schema.safeParse(json, { error: sentenceFor })
  return parsed.success ? ok(parsed.data) : fail(parsed.error.issues.slice(0, MAX_PROBLEMS).map(problemOf))
}

function problemOf({ path, message }: z.core.$ZodIssue): ApiProblem {
  const segments = path.map((each) => `/${String(each).slice(0, 100).replaceAll('~', '~0').replaceAll('/', '~1')}`)
  const sentence = message.startsWith(' ') ? placeOf(path) + message : message
  return { kind: 'invalid-body', message: sentence, pointer: segments.join('') }
}

/** The member's name, with its index where it is an item: `policies[0]`. */
function placeOf(path: readonly PropertyKey[]): string {
  const last = path.at(-1)
  if (last === undefined) return 'the body'
  if (typeof last !== 'number') return String(last).slice(0, 100)
  return `${path.length < 2 ? 'the body' : placeOf(path.slice(0, -1))}[${last}]`
}
