// GET /accounts/{account_id}: the one account.

import { accountOperation } from '../../account-operation.ts'
import { succeed } from '../../envelope.ts'
import { ACCOUNT, ACCOUNT_RESULT } from './account.ts'

export const getAccount = accountOperation({
  method: 'get',
  path: '/accounts/{account_id}',
  summary: 'Read an account',
  permission: 'account:read',
  result: ACCOUNT_RESULT,
  handle: () => succeed(ACCOUNT),
})
