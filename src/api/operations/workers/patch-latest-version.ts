// PATCH /accounts/{account_id}/workers/workers/{script_name}/versions/latest: another version from the newest, with other
// secrets or variables; it does not run until it is deployed.  RFC 7396: null removes.

import { z } from '@hono/zod-openapi'
import { succeed } from '../../envelope.ts'
import { schemaBody } from '../../schema-body.ts'
import { readBindings } from '../../upload/bindings.ts'
import { readAnnotations } from '../../upload/upload.ts'
import { commitChecked } from './commit.ts'
import { ANY_RESULT, clientOf, scriptOperation, WORKERS_PATH } from './script.ts'
import type { ScriptChange } from './types.ts'
import { showVersion } from './version.ts'

const SCHEMA = z.object({
  env: z.record(z.string(), z.looseObject({ type: z.string() }).nullable()).default({}),
  annotations: z.record(z.string(), z.unknown()).nullish(),
})

export const patchLatestVersion = scriptOperation({
  method: 'patch',
  path: `${WORKERS_PATH}/workers/{script_name}/versions/latest`,
  summary: 'Make a version from the newest',
  permission: 'workers_scripts:edit',
  body: schemaBody(SCHEMA),
  result: ANY_RESULT,
  handle: async (call) => {
    const { script, services, body } = call
    const entries = Object.entries(body.env)
    const set = entries.flatMap(([name, binding]) => (binding === null ? [] : [{ ...binding, name }]))
    const bindings = readBindings(set, [])
    if (!bindings.ok) return bindings
    const remove = entries.flatMap(([name, binding]) => (binding === null ? [name] : []))
    const change: ScriptChange = { bindings: bindings.value, keep: 'all', remove }
    const annotations = { 'workers/triggered_by': 'secret', ...readAnnotations(body.annotations) }
    const by = { source: clientOf(call), annotations }
    const version = await commitChecked(services, script.name, { change, by, deploy: false, create: false })
    return version.ok ? succeed(showVersion(version.value)) : version
  },
})
