// PUT /accounts/{account_id}/workers/scripts/{script_name}: uploads a Worker and lets it run at once.

import { accountOperation } from '../../account-operation.ts'
import { refuse, succeed } from '../../envelope.ts'
import { readUpload } from '../../upload/upload.ts'
import { commitChecked } from './commit.ts'
import { SCRIPT_BODY } from './form-body.ts'
import { ANY_RESULT, clientOf, readName, refuseScript, SCRIPT_PATH, showScript } from './script.ts'

export const putScript = accountOperation({
  method: 'put',
  path: SCRIPT_PATH,
  summary: 'Upload a Worker and deploy it',
  permission: 'workers_scripts:edit',
  body: SCRIPT_BODY,
  result: ANY_RESULT,
  handle: async (call) => {
    const { services, body } = call
    const { scripts } = services.administration
    const name = readName(call)
    if (!name.ok) return name
    const upload = readUpload(body)
    if (!upload.ok) return upload
    const { change, annotations, settings } = upload.value
    const by = { source: clientOf(call), annotations }
    const version = await commitChecked(services, name.value, { change, by, deploy: true, create: true })
    if (!version.ok) return version
    if (Object.keys(settings).length > 0) {
      const configured = scripts.configure(name.value, settings)
      if (!configured.ok) return refuseScript(configured.problem)
    }
    const script = scripts.find(name.value)
    if (script === undefined) return refuse('unknown-script')
    return succeed({
      ...showScript(script, version.value),
      // wrangler makes the version's id of it.
      deployment_id: version.value.id.replaceAll('-', ''),
      startup_time_ms: version.value.startup_millis,
      entry_point: version.value.content.main_module,
      available_on_subdomain: false,
    })
  },
})
