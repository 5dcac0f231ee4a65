// GET /accounts/{account_id}: the one account.

import { ACCOUNT_ID } from '../../../config/index.ts'
import { refuse, succeed } from '../../envelope.ts'
import { operation } from '../../operation.ts'
import { ACCOUNT, ACCOUNT_RESULT } from './account.ts'

export const getAccount = operation({
  method: 'get',
  path: '/accounts/{account_id}',
  summary: 'Read an account',
  permission: 'account:read',
  result: ACCOUNT_RESULT,
  handle: ({ params }) =>
    params.account_id === ACCOUNT_ID
      ? succeed(ACCOUNT)
      : refuse('unknown-account', { message: `the one account is ${ACCOUNT_ID}; use it` }),
})
