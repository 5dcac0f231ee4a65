// Every operation of the API, by resource.

import type { Operation } from '../operation.ts'
import { invalidateCache } from './cache/invalidate.ts'
import { invalidateEnvironment } from './cache/invalidate-environment.ts'
import { purgeCache } from './cache/purge.ts'
import { purgeEnvironment } from './cache/purge-environment.ts'
import { RULESET_OPERATIONS } from './rulesets/index.ts'
import { editSetting } from './settings/edit.ts'
import { getSetting } from './settings/get.ts'
import { createToken } from './token/create.ts'
import { deleteToken } from './token/delete.ts'
import { getToken } from './token/get.ts'
import { listAllTokens } from './token/list.ts'
import { listPermissionGroups } from './token/permission-groups.ts'
import { rollToken } from './token/roll.ts'
import { updateToken } from './token/update.ts'
import { verifyAccountToken, verifyToken } from './token/verify.ts'

export const OPERATIONS: readonly Operation[] = [
  purgeCache,
  invalidateCache,
  purgeEnvironment,
  invalidateEnvironment,
  getSetting,
  editSetting,
  verifyToken,
  verifyAccountToken,
  listPermissionGroups,
  listAllTokens,
  createToken,
  getToken,
  updateToken,
  deleteToken,
  rollToken,
  ...RULESET_OPERATIONS,
]
