// PUT /zones/{zone_id}/snippets/{snippet_name}: makes a snippet or replaces its code, from a form in either of the shapes
// that clients send.  CF rules/snippets/create-api

import { refuse, succeed } from '../../envelope.ts'
import { zoneOperation } from '../../operation.ts'
import { readMetadata } from '../../upload/metadata.ts'
import { readParts } from '../../upload/modules.ts'
import { readCode } from '../../upload/upload.ts'
import { checkScript } from '../workers/commit.ts'
import { FORM_BODY } from '../workers/form-body.ts'
import { refuseSnippet, SNIPPET_PATH, SNIPPET_RESULT, showSnippet } from './snippet.ts'

export const putSnippet = zoneOperation({
  method: 'put',
  path: SNIPPET_PATH,
  summary: 'Make or replace a snippet',
  permission: 'snippets:edit',
  body: FORM_BODY,
  result: SNIPPET_RESULT,
  handle: async ({ zone, params, services, body }) => {
    const { snippets } = services.administration
    const name = params.snippet_name ?? ''
    const metadata = readMetadata(body)
    if (!metadata.ok) return refuse('invalid-body', { message: metadata.problem, pointer: '/metadata' })
    const { main_module, bindings } = metadata.value
    if (Array.isArray(bindings) ? bindings.length > 0 : bindings !== undefined) {
      const message = 'a snippet has no bindings; write the values into it, or write a Worker'
      return refuse('unsupported-feature', { message, pointer: '/metadata/bindings' })
    }
    const code = readCode({ main_module }, readParts(body))
    if (!code.ok) return code
    const draft = snippets.draft(zone.id, name, code.value)
    if (!draft.ok) return refuseSnippet(draft.problem)
    const checked = await checkScript(services, draft.value)
    if (!checked.ok) return checked
    if (!checked.value.handlers.includes('fetch')) {
      const message = 'a snippet handles fetch; write export default { async fetch(request) { ... } }'
      return refuse('invalid-script', { message })
    }
    const put = snippets.put(zone.id, name, code.value)
    return put.ok ? succeed(showSnippet(put.value)) : refuseSnippet(put.problem)
  },
})
