// Every operation of the API, by resource.

import type { Operation } from '../operation.ts'
import { invalidateCache } from './cache/invalidate.ts'
import { invalidateEnvironment } from './cache/invalidate-environment.ts'
import { purgeCache } from './cache/purge.ts'
import { purgeEnvironment } from './cache/purge-environment.ts'
import { editSetting } from './settings/edit.ts'
import { getSetting } from './settings/get.ts'
import { verifyToken } from './token/verify.ts'

export const OPERATIONS: readonly Operation[] = [
  purgeCache,
  invalidateCache,
  purgeEnvironment,
  invalidateEnvironment,
  getSetting,
  editSetting,
  verifyToken,
]
