// POST …/scripts/{script_name}/versions: uploads a version of a Worker that is there; it runs when it is deployed.

import { succeed } from '../../envelope.ts'
import { readUpload } from '../../upload/upload.ts'
import { commitChecked } from './commit.ts'
import { FORM_BODY } from './form-body.ts'
import { ANY_RESULT, clientOf, SCRIPT_PATH, scriptOperation } from './script.ts'
import { showVersion } from './version.ts'

export const uploadVersion = scriptOperation({
  method: 'post',
  path: `${SCRIPT_PATH}/versions`,
  summary: 'Upload a version of a Worker',
  permission: 'workers_scripts:edit',
  body: FORM_BODY,
  result: ANY_RESULT,
  handle: async (call) => {
    const { services, body, script } = call
    const upload = readUpload(body)
    if (!upload.ok) return upload
    const { change, annotations } = upload.value
    const by = { source: clientOf(call), annotations }
    const version = await commitChecked(services, script.name, { change, by, deploy: false, create: false })
    return version.ok ? succeed(showVersion(version.value)) : version
  },
})
