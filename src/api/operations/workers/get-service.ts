// GET /accounts/{account_id}/workers/services/{script_name}: whether a Worker is there, and who deployed it last.  wrangler
// asks this first.

import { accountOperation } from '../../account-operation.ts'
import { refuse, succeed } from '../../envelope.ts'
import { ANY_RESULT, readName, showScript, WORKERS_PATH } from './script.ts'

export const getService = accountOperation({
  method: 'get',
  path: `${WORKERS_PATH}/services/{script_name}`,
  summary: 'Read a Worker as a service',
  permission: 'workers_scripts:read',
  result: ANY_RESULT,
  handle: (call) => {
    const name = readName(call)
    if (!name.ok) return name
    const script = call.services.administration.scripts.find(name.value)
    if (script === undefined) return refuse('unknown-service')
    const shown = showScript(script, script.deployed ?? script.newest)
    return succeed({ id: script.name, default_environment: { environment: 'production', script: shown } })
  },
})
