// A body that a schema describes: parsed by it, and refused with a pointer to each place that is wrong.

import type { z } from '@hono/zod-openapi'
import { fail, ok } from '../base/index.ts'
import type { ApiProblem } from './errors.ts'
import type { BodyRule } from './operation.ts'

const MAX_PROBLEMS = 20

/** The rule for a body of this schema. */
export function schemaBody<Schema extends z.ZodType>(schema: Schema): BodyRule<z.output<Schema>, unknown> {
  return {
    schema,
    parse: (json) => {
      const parsed = schema.safeParse(json)
      if (parsed.success) return ok(parsed.data)
      return fail(parsed.error.issues.slice(0, MAX_PROBLEMS).map(problemOf))
    },
  }
}

function problemOf({ path, message }: z.core.$ZodIssue): ApiProblem {
  const segments = path.map((each) => `/${String(each).slice(0, 100).replaceAll('~', '~0').replaceAll('/', '~1')}`)
  const place = segments.length === 0 ? 'the body' : path.at(-1)
  return { kind: 'invalid-body', message: `${String(place).slice(0, 100)}: ${message}`, pointer: segments.join('') }
}
