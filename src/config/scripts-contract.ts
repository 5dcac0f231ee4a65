// Workers as the API reads and changes them.  The configuration store keeps them; `api/` is given this.

import type { Result } from '../base/index.ts'
import type { Script, ScriptFindings } from '../scripts/index.ts'
import type { NotRecorded } from './record-change.ts'
import type { CannotInherit, ScriptChange } from './script-change.ts'
import type {
  Annotations,
  DeploymentDocument,
  ScriptRecord,
  ScriptSettings,
  VersionDocument,
} from './script-documents.ts'

export type ScriptProblem =
  | { readonly kind: 'unknown-script' }
  | { readonly kind: 'unknown-version' }
  | { readonly kind: 'unknown-deployment' }
  /** The deployment is the one that runs. */
  | { readonly kind: 'deployment-runs' }
  /** What the change builds upon does not run. */
  | { readonly kind: 'newest-not-deployed' }
  | CannotInherit
  /** It would run without them; the sentence names them, and the remedy. */
  | { readonly kind: 'secrets-sealed'; readonly message: string }
  | { readonly kind: 'too-many-scripts'; readonly limit: number }
  | NotRecorded

/** Who made something, and what they say of it. */
export type Authorship = { readonly source: string; readonly annotations: Annotations }

export type ScriptView = ScriptRecord & {
  readonly name: string
  readonly newest: VersionDocument
  /** The version that runs. */
  readonly deployed: VersionDocument | undefined
}

export type Commit = {
  readonly change: ScriptChange
  readonly findings: ScriptFindings
  readonly by: Authorship
  /** Whether the new version runs at once. */
  readonly deploy: boolean
  /** Whether the change is refused while the newest version does not run. */
  readonly uponDeployed?: boolean
  /** Whether a name that has no script gets one. */
  readonly create: boolean
}

export interface ScriptsService {
  list(): readonly ScriptView[]
  find(name: string): ScriptView | undefined
  /** The newest first. */
  versions(name: string): readonly VersionDocument[]
  /** The newest first. */
  deployments(name: string): readonly DeploymentDocument[]
  /** The script that a version is. */
  script(name: string, version: VersionDocument): Script
  /** The script that the change would make now, for a check. */
  draft(name: string, change: ScriptChange): Result<Script, ScriptProblem>
  /** Makes the change upon what is there by then. */
  commit(name: string, commit: Commit): Result<VersionDocument, ScriptProblem>
  /** Lets a version that is kept run. */
  deploy(name: string, versionId: string, by: Authorship): Result<DeploymentDocument, ScriptProblem>
  /** Forgets an earlier deployment; the one that runs stays. */
  removeDeployment(name: string, id: string): Result<undefined, ScriptProblem>
  configure(name: string, change: Partial<ScriptSettings>): Result<ScriptView, ScriptProblem>
  setSubdomain(name: string, subdomain: ScriptRecord['subdomain']): Result<ScriptView, ScriptProblem>
  /** Removes the Worker with its versions, deployments, routes and domains. */
  remove(name: string): Result<undefined, ScriptProblem>
  /** The account's name below workers.dev, or undefined. */
  accountSubdomain(): string | undefined
  setAccountSubdomain(name: string): Result<string, ScriptProblem>
}
