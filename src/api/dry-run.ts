// The query parameter dry_run: authorise and validate, change nothing.  CF ruleset-engine/rulesets-api/dry-run

import { ok, type Result } from '../base/index.ts'
import { refuse } from './envelope.ts'
import type { ApiProblem } from './errors.ts'

/** Whether the request is a dry run; a value other than true or false is refused. */
export function readDryRun(query: URLSearchParams): Result<boolean, readonly ApiProblem[]> {
  const values = query.getAll('dry_run')
  const [value = 'false'] = values
  if (values.length < 2 && (value === 'true' || value === 'false')) return ok(value === 'true')
  return refuse('invalid-query', {
    message: `dry_run is ${JSON.stringify(values.join()).slice(0, 60)}; use true or false`,
  })
}
