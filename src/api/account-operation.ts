// An operation on the account: its path has "{account_id}", which names the one account there is.

import { ok, type Result } from '../base/index.ts'
import { ACCOUNT_ID } from '../config/index.ts'
import { refuse } from './envelope.ts'
import type { ApiProblem } from './errors.ts'
import { type Call, IDENTIFIER, makeOperation, noRoute, type Operation, type Received, type Spec } from './operation.ts'

export type ApiAccount = { readonly id: string }
export type AccountCall<Body> = Call<Body> & { readonly account: ApiAccount }

/** The handler gets the account. */
export function accountOperation<Body = undefined>(
  spec: Spec<Received & { readonly account: ApiAccount }, AccountCall<Body>, Body>,
): Operation {
  return makeOperation(spec, findAccount)
}

/** What was received, with the account that its path names. */
export function findAccount(
  received: Received,
): Result<Received & { readonly account: ApiAccount }, readonly ApiProblem[]> {
  const { params, path } = received
  const id = params.account_id ?? ''
  if (!IDENTIFIER.test(id)) return noRoute(path)
  if (id === ACCOUNT_ID) return ok({ ...received, account: { id } })
  return refuse('unknown-account', { message: `the one account is ${ACCOUNT_ID}; use it` })
}
