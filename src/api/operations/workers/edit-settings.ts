// PATCH …/scripts/{script_name}/settings: other bindings or another compatibility date for the same code, as a form whose
// part `settings` is JSON.  What is not given stays; bindings that are given are all there are, and can inherit.

import { z } from '@hono/zod-openapi'
import { ok } from '../../../base/index.ts'
import type { Form } from '../../body.ts'
import { refuse, succeed } from '../../envelope.ts'
import type { BodyRule } from '../../operation.ts'
import { readBindings } from '../../upload/bindings.ts'
import { readMetadata } from '../../upload/metadata.ts'
import { readParts } from '../../upload/modules.ts'
import { findUnsupported, readAnnotations, readScriptSettings, readVersionSettings } from '../../upload/upload.ts'
import { commitChecked } from './commit.ts'
import { SETTINGS_PATH, showSettings } from './get-settings.ts'
import { MAX_UPLOAD_BYTES } from './limits.ts'
import { ANY_RESULT, clientOf, refuseScript, scriptOperation } from './script.ts'

const BODY: BodyRule<Form, unknown> = {
  schema: z.object({ settings: z.string() }).loose(),
  reads: 'form',
  limit: MAX_UPLOAD_BYTES,
  // `reads` says so.
  parse: (json) => ok((json as Form).map((part) => ({ ...part, name: part.name.replace(/^settings/, 'metadata') }))),
}

const VERSION_MEMBERS = ['bindings', 'compatibility_date', 'compatibility_flags']

export const editSettings = scriptOperation({
  method: 'patch',
  path: SETTINGS_PATH,
  summary: 'Change the settings and bindings of a Worker',
  permission: 'workers_scripts:edit',
  body: BODY,
  result: ANY_RESULT,
  handle: async (call) => {
    const { script, services, body } = call
    const { scripts } = services.administration
    const settings = readMetadata(body)
    if (!settings.ok) return refuse('invalid-body', { message: settings.problem.replace('metadata', 'settings') })
    const json = settings.value
    const lacking = findUnsupported(json)
    if (lacking !== undefined) return refuse(lacking.kind, lacking)
    const bindings = readBindings(json.bindings, readParts(body), 'echoed')
    if (!bindings.ok) return bindings
    const rest = readVersionSettings(json)
    if (!rest.ok) return rest
    if (VERSION_MEMBERS.some((member) => json[member] !== undefined)) {
      const named = json.keep_bindings === undefined ? [] : rest.value.keep
      const keep = json.bindings === undefined ? ('all' as const) : named
      const change = { ...rest.value, bindings: bindings.value, keep }
      const by = { source: clientOf(call), annotations: readAnnotations(json.annotations) }
      const commit = { change, by, deploy: true, uponDeployed: true, create: false }
      const version = await commitChecked(services, script.name, commit)
      if (!version.ok) return version
    }
    const configured = scripts.configure(script.name, readScriptSettings(json))
    if (!configured.ok) return refuseScript(configured.problem)
    return succeed(showSettings(configured.value, configured.value.newest))
  },
})
