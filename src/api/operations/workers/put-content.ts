// PUT …/scripts/{script_name}/content: other code, with bindings and settings as they are.

import { refuse, succeed } from '../../envelope.ts'
import { readMetadata } from '../../upload/metadata.ts'
import { readParts } from '../../upload/modules.ts'
import { readCode } from '../../upload/upload.ts'
import { commitChecked } from './commit.ts'
import { FORM_BODY } from './form-body.ts'
import { ANY_RESULT, clientOf, SCRIPT_PATH, scriptOperation, showScript } from './script.ts'

export const putContent = scriptOperation({
  method: 'put',
  path: `${SCRIPT_PATH}/content`,
  summary: 'Upload other code for a Worker and deploy it',
  permission: 'workers_scripts:edit',
  body: FORM_BODY,
  result: ANY_RESULT,
  handle: async (call) => {
    const { services, body, script } = call
    const metadata = readMetadata(body)
    if (!metadata.ok) return refuse('invalid-body', { message: metadata.problem, pointer: '/metadata' })
    const code = readCode(metadata.value, readParts(body))
    if (!code.ok) return code
    const change = { code: code.value, bindings: [], keep: 'all' } as const
    const by = { source: clientOf(call), annotations: {} }
    const version = await commitChecked(services, script.name, { change, by, deploy: true, create: false })
    return version.ok ? succeed(showScript(script, version.value)) : version
  },
})
