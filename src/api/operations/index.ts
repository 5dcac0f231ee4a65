// Every operation of the API, by resource.

import type { Operation } from '../operation.ts'
import { getAccount } from './accounts/get.ts'
import { listAccounts } from './accounts/list.ts'
import { listMemberships } from './accounts/memberships.ts'
import { getUser } from './accounts/user.ts'
import { beginCorsEpoch } from './cache/cors-epoch.ts'
import { invalidateCache } from './cache/invalidate.ts'
import { invalidateEnvironment } from './cache/invalidate-environment.ts'
import { purgeCache } from './cache/purge.ts'
import { purgeEnvironment } from './cache/purge-environment.ts'
import { clearReserve, getReserveClear } from './cache-switches/reserve-clear.ts'
import { SWITCH_OPERATIONS } from './cache-switches/switch.ts'
import { deleteCloudRegions } from './cloud-regions/batch-delete.ts'
import { setCloudRegions } from './cloud-regions/batch-set.ts'
import { deleteCloudRegion } from './cloud-regions/delete.ts'
import { getCloudRegion } from './cloud-regions/get.ts'
import { listCloudRegions } from './cloud-regions/list.ts'
import { setCloudRegion } from './cloud-regions/set.ts'
import { listSupportedRegions } from './cloud-regions/supported.ts'
import { listFindings } from './cors/list-findings.ts'
import { batchRecords } from './dns/batch.ts'
import { createRecord } from './dns/create.ts'
import { deleteRecord } from './dns/delete.ts'
import { editRecord } from './dns/edit.ts'
import { exportRecords } from './dns/export.ts'
import { getRecord } from './dns/get.ts'
import { importRecords } from './dns/import.ts'
import { listRecords } from './dns/list.ts'
import { replaceRecord } from './dns/replace.ts'
import { SCAN_OPERATIONS } from './dns/scan.ts'
import { explain } from './explain/explain.ts'
import { editManagedHeaders } from './managed-headers/edit.ts'
import { getManagedHeaders } from './managed-headers/get.ts'
import { resetManagedHeaders } from './managed-headers/reset.ts'
import { getOrigins } from './origins/get.ts'
import { setOrigins } from './origins/set.ts'
import { createPageRule } from './page-rules/create.ts'
import { deletePageRule } from './page-rules/delete.ts'
import { editPageRule } from './page-rules/edit.ts'
import { getPageRule } from './page-rules/get.ts'
import { listAllPageRules } from './page-rules/list.ts'
import { replacePageRule } from './page-rules/replace.ts'
import { RULESET_OPERATIONS } from './rulesets/index.ts'
import { editSetting } from './settings/edit.ts'
import { editSettings } from './settings/edit-all.ts'
import { getSetting } from './settings/get.ts'
import { listSettings } from './settings/list.ts'
import { SNIPPET_OPERATIONS } from './snippets/index.ts'
import { createToken } from './token/create.ts'
import { deleteToken } from './token/delete.ts'
import { getToken } from './token/get.ts'
import { listAllTokens } from './token/list.ts'
import { listPermissionGroups } from './token/permission-groups.ts'
import { rollToken } from './token/roll.ts'
import { updateToken } from './token/update.ts'
import { verifyAccountToken, verifyToken } from './token/verify.ts'
import { getUrlNormalization } from './url-normalization/get.ts'
import { resetUrlNormalization } from './url-normalization/reset.ts'
import { setUrlNormalization } from './url-normalization/set.ts'
import { WORKER_OPERATIONS } from './workers/index.ts'
import { checkActivation } from './zones/activation-check.ts'
import { createZone } from './zones/create.ts'
import { deleteZone } from './zones/delete.ts'
import { editZone } from './zones/edit.ts'
import { getZone } from './zones/get.ts'
import { listZones } from './zones/list.ts'
import { PLAN_OPERATIONS } from './zones/plans.ts'

export const OPERATIONS: readonly Operation[] = [
  purgeCache,
  invalidateCache,
  ...[beginCorsEpoch, listFindings],
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
  ...[getUser, listAccounts, getAccount, listMemberships],
  ...[listZones, createZone, getZone, editZone, deleteZone, checkActivation],
  ...[getOrigins, setOrigins],
  ...[listRecords, createRecord, getRecord, replaceRecord, editRecord, deleteRecord],
  ...[batchRecords, exportRecords, importRecords],
  ...[listSettings, editSettings],
  ...SWITCH_OPERATIONS,
  ...[clearReserve, getReserveClear],
  ...[listCloudRegions, getCloudRegion, setCloudRegion, deleteCloudRegion],
  ...[setCloudRegions, deleteCloudRegions, listSupportedRegions],
  ...[listAllPageRules, createPageRule, getPageRule, replacePageRule, editPageRule, deletePageRule],
  ...PLAN_OPERATIONS,
  ...SCAN_OPERATIONS,
  ...[getUrlNormalization, setUrlNormalization, resetUrlNormalization],
  explain,
  ...[getManagedHeaders, editManagedHeaders, resetManagedHeaders],
  ...WORKER_OPERATIONS,
  ...SNIPPET_OPERATIONS,
]
