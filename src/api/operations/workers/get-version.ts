// GET …/scripts/{script_name}/versions/{version_id}

import { refuse, succeed } from '../../envelope.ts'
import { ANY_RESULT, SCRIPT_PATH, scriptOperation } from './script.ts'
import { showVersion } from './version.ts'

export const getVersion = scriptOperation({
  method: 'get',
  path: `${SCRIPT_PATH}/versions/{version_id}`,
  summary: 'Read a version',
  permission: 'workers_scripts:read',
  result: ANY_RESULT,
  handle: ({ script, params, services }) => {
    const versions = services.administration.scripts.versions(script.name)
    const wanted = params.version_id
    const found = versions.find(({ id, number }) => id === wanted || String(number) === wanted)
    return found === undefined ? refuse('unknown-version') : succeed(showVersion(found))
  },
})
