// The operations on Workers, their routes and custom domains.

import type { Operation } from '../../operation.ts'
import { getAccountSettings } from './account-settings.ts'
import { getAccountSubdomain, setAccountSubdomain } from './account-subdomain.ts'
import { bulkSecrets } from './bulk-secrets.ts'
import { createDeployment } from './create-deployment.ts'
import { createRoute } from './create-route.ts'
import { deleteDeployment } from './delete-deployment.ts'
import { deleteDomain } from './delete-domain.ts'
import { deleteRoute } from './delete-route.ts'
import { deleteScript, deleteService } from './delete-script.ts'
import { deleteSecret } from './delete-secret.ts'
import { editScriptSettings } from './edit-script-settings.ts'
import { editSettings } from './edit-settings.ts'
import { getContent } from './get-content.ts'
import { getDeployment } from './get-deployment.ts'
import { getDomain } from './get-domain.ts'
import { getRoute } from './get-route.ts'
import { getScript } from './get-script.ts'
import { getScriptSettings } from './get-script-settings.ts'
import { getSecret } from './get-secret.ts'
import { getService } from './get-service.ts'
import { getSettings } from './get-settings.ts'
import { getVersion } from './get-version.ts'
import { getWorker } from './get-worker.ts'
import { listDeployments } from './list-deployments.ts'
import { listDomains } from './list-domains.ts'
import { listRoutes } from './list-routes.ts'
import { listScripts } from './list-scripts.ts'
import { listSecrets } from './list-secrets.ts'
import { listVersions } from './list-versions.ts'
import { patchLatestVersion } from './patch-latest-version.ts'
import { putContent } from './put-content.ts'
import { putDomain } from './put-domain.ts'
import { putScript } from './put-script.ts'
import { putScriptRoutes } from './put-script-routes.ts'
import { putSecret } from './put-secret.ts'
import { getReferences, listDurableObjects, listKvNamespaces, listTailConsumers } from './references.ts'
import { replaceRoute } from './replace-route.ts'
import { getSchedules, putSchedules } from './schedules.ts'
import { planDomains, putScriptDomains } from './script-domains.ts'
import { deleteSubdomain, getSubdomain, setSubdomain } from './subdomain.ts'
import { createTail, deleteTail, listTails } from './tails.ts'
import { uploadVersion } from './upload-version.ts'

export const WORKER_OPERATIONS: readonly Operation[] = [
  getAccountSettings,
  getAccountSubdomain,
  setAccountSubdomain,
  bulkSecrets,
  createDeployment,
  createRoute,
  deleteDeployment,
  deleteDomain,
  deleteRoute,
  deleteScript,
  deleteService,
  deleteSecret,
  editScriptSettings,
  editSettings,
  getContent,
  getDeployment,
  getDomain,
  getRoute,
  getScriptSettings,
  getScript,
  getSecret,
  getService,
  getSettings,
  getVersion,
  getWorker,
  listDeployments,
  listDomains,
  listRoutes,
  listScripts,
  listSecrets,
  listVersions,
  patchLatestVersion,
  putContent,
  putDomain,
  putScriptRoutes,
  putScript,
  putSecret,
  getReferences,
  listTailConsumers,
  listDurableObjects,
  listKvNamespaces,
  replaceRoute,
  getSchedules,
  putSchedules,
  planDomains,
  putScriptDomains,
  getSubdomain,
  setSubdomain,
  deleteSubdomain,
  createTail,
  listTails,
  deleteTail,
  uploadVersion,
]
