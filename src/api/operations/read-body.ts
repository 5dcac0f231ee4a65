// A body by its schema: the value, or the first thing that is wrong, with its place.

import type { z } from '@hono/zod-openapi'
import { ok, type Result } from '../../base/index.ts'
import { refuse } from '../envelope.ts'
import type { ApiProblem } from '../errors.ts'

/** The body as the schema has it. */
export function readBody<Schema extends z.ZodType>(
  schema: Schema,
  json: unknown,
): Result<z.output<Schema>, readonly ApiProblem[]> {
  if (typeof json !== 'object' || json === null || Array.isArray(json)) {
    return refuse('invalid-body', { message: 'the body is not an object; send { ... }', pointer: '' })
  }
  const parsed = schema.safeParse(json)
  if (parsed.success) return ok(parsed.data)
  const [issue] = parsed.error.issues
  const pointer = (issue?.path ?? [])
    .map((segment) => `/${String(segment).replaceAll('~', '~0').replaceAll('/', '~1')}`)
    .join('')
  return refuse('invalid-body', { message: issue?.message ?? 'the body is not valid', pointer })
}
