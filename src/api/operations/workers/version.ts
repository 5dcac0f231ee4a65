// A version and a deployment as the API shows them.

import { ACCOUNT_ID } from '../../../config/index.ts'
import { USER } from '../accounts/account.ts'
import { instant, showBindings, sourceOf } from './script.ts'
import type { DeploymentDocument, VersionDocument } from './types.ts'

/** As lists show it. */
export function summarizeVersion(version: VersionDocument): object {
  return {
    id: version.id,
    number: version.number,
    metadata: {
      author_id: ACCOUNT_ID,
      author_email: USER.email,
      created_on: instant(version.created_on),
      modified_on: instant(version.created_on),
      source: sourceOf(version),
      hasPreview: false,
    },
    annotations: version.annotations,
  }
}

/** With all that it is made of. */
export function showVersion(version: VersionDocument): object {
  const { content, etag, handlers } = version
  return {
    ...summarizeVersion(version),
    startup_time_ms: version.startup_millis,
    resources: {
      script: { etag, handlers, named_handlers: [], last_deployed_from: sourceOf(version) },
      script_runtime: {
        compatibility_date: content.compatibility_date,
        compatibility_flags: content.compatibility_flags,
        usage_model: 'standard',
        limits: {},
      },
      bindings: showBindings(version),
    },
  }
}

const ALL_PER_CENT = 100

export function showDeployment(deployment: DeploymentDocument): object {
  const { id, source, annotations, version_id } = deployment
  return {
    id,
    source: source === 'file' ? 'wrangler' : source,
    strategy: 'percentage',
    author_email: USER.email,
    created_on: instant(deployment.created_on),
    annotations,
    versions: [{ version_id, percentage: ALL_PER_CENT }],
  }
}
