// /accounts/{account_id}/workers/account-settings: what a new Worker starts with.

import { accountOperation } from '../../account-operation.ts'
import { succeed } from '../../envelope.ts'
import { ANY_RESULT, WORKERS_PATH } from './script.ts'

export const getAccountSettings = accountOperation({
  method: 'get',
  path: `${WORKERS_PATH}/account-settings`,
  summary: 'Read what new Workers start with',
  permission: 'workers_scripts:read',
  result: ANY_RESULT,
  handle: () => succeed({ default_usage_model: 'standard', green_compute: false }),
})
