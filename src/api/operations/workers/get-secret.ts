// GET …/scripts/{script_name}/secrets/{secret_name}: whether there is such a secret.

import { refuse, succeed } from '../../envelope.ts'
import { ANY_RESULT, scriptOperation } from './script.ts'
import { SECRETS_PATH, secretsOf } from './secrets.ts'

export const getSecret = scriptOperation({
  method: 'get',
  path: `${SECRETS_PATH}/{secret_name}`,
  summary: 'Read the name of a secret',
  permission: 'workers_scripts:read',
  result: ANY_RESULT,
  handle: ({ script, params }) => {
    const secret = secretsOf(script.newest).find(({ name }) => name === params.secret_name)
    return secret === undefined ? refuse('unknown-secret') : succeed(secret)
  },
})
