// From a change to a version that runs: drafted, checked by the runtime, committed.  A script that does not start changes
// nothing.

import { ok, type Result } from '../../../base/index.ts'
import type { Script, ScriptFindings } from '../../../scripts/index.ts'
import { refuse } from '../../envelope.ts'
import type { Services } from '../../operation.ts'
import { refuseScript } from './script.ts'
import type { Commit, Problems, VersionDocument } from './types.ts'

/** Whether the runtime can start the script; its words when it cannot. */
export async function checkScript(
  { scriptHost }: Pick<Services, 'scriptHost'>,
  script: Script,
): Promise<Result<ScriptFindings, Problems>> {
  if (scriptHost.unavailable !== undefined) return refuse('scripts-unavailable', { message: scriptHost.unavailable })
  const checked = await scriptHost.validate(script)
  return checked.ok ? checked : refuse('invalid-script', { message: checked.problem.message })
}

/** Makes the change when the script that results starts. */
export async function commitChecked(
  services: Services,
  name: string,
  commit: Omit<Commit, 'findings'>,
): Promise<Result<VersionDocument, Problems>> {
  const { scripts } = services.administration
  const draft = scripts.draft(name, commit.change)
  if (!draft.ok) return refuseScript(draft.problem)
  const findings = await checkScript(services, draft.value)
  if (!findings.ok) return findings
  const version = scripts.commit(name, { ...commit, findings: findings.value })
  return version.ok ? ok(version.value) : refuseScript(version.problem)
}
