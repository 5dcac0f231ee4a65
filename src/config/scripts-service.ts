// Workers as the API reads and changes them: scripts, their versions and deployments.
//
//   draft(change) ──► a script to be checked ──► commit(change) ──► version ──► deploy ──► snapshot
//
// W1  Versions and deployments are never changed; a change makes another.
// W2  The version that runs, and the newest, are kept; of the others the newest MAX_VERSIONS, within MAX_KEPT_BYTES.
// W3  A name has a record as long as it has a version.

import { fail, ok, type Result } from '../base/index.ts'
import type { Script } from '../scripts/index.ts'
import type { DocumentsDraft } from './documents.ts'
import type { Publisher } from './publish.ts'
import type { NotRecorded } from './record-change.ts'
import { changeScript, type ScriptChange } from './script-change.ts'
import {
  deploymentPath,
  listDeployments,
  listScripts,
  listVersions,
  readDeployed,
  readScript,
  type ScriptRecord,
  SUBDOMAIN_PATH,
  scriptPath,
  scriptVersionPath,
  type VersionDocument,
  versionsPrefix,
} from './script-documents.ts'
import { refusalOf } from './script-library.ts'
import { MAX_SCRIPTS } from './script-limits.ts'
import { forgetBlobs, keepContent, removeScript, writeDeployment, writeVersion } from './script-versions.ts'
import type { Commit, ScriptProblem, ScriptsService, ScriptView } from './scripts-contract.ts'

const CANDIDATE_ID = 'candidate'

export function makeScriptsService(publisher: Publisher): ScriptsService {
  const { documents, clock, library } = publisher

  const find = (name: string): ScriptView | undefined => {
    const record = readScript(documents, name)
    const newest = record && readVersion(documents, name, record.newest_version)
    return newest && { ...record, name, newest, deployed: readDeployed(documents, name) }
  }
  const found = (name: string): Result<ScriptView, ScriptProblem> => {
    const view = find(name)
    return view === undefined ? fail({ kind: 'unknown-script' }) : ok(view)
  }
  const newestOf = (draft: Pick<DocumentsDraft, 'read'>, name: string): Script | undefined => {
    const number = readScript(draft, name)?.newest_version
    const version = number === undefined ? undefined : readVersion(draft, name, number)
    return version && library.version(name, version)
  }

  function record<Value>(
    work: (draft: DocumentsDraft) => Result<Value, ScriptProblem>,
  ): Result<Value, ScriptProblem | NotRecorded> {
    return publisher.record(work)
  }

  function changeRecord(
    name: string,
    change: (before: ScriptRecord) => ScriptRecord,
  ): Result<ScriptView, ScriptProblem> {
    const recorded = record((draft) => {
      const before = readScript(draft, name)
      if (before === undefined) return fail({ kind: 'unknown-script' })
      draft.write(scriptPath(name), { ...change(before), modified_on: clock.now() } satisfies ScriptRecord)
      return ok(undefined)
    })
    return recorded.ok ? found(name) : recorded
  }

  /** Secrets can be set anew one by one; code does not come to run without one that it has. */
  const changed = (name: string, before: Script | undefined, change: ScriptChange) => {
    const script = changeScript(name, before, change)
    if (!script.ok || change.code === undefined) return script
    const message = refusalOf(name, script.value.bindings, documents.secrets)
    return message === undefined ? script : fail({ kind: 'secrets-sealed', message } as const)
  }

  function write(draft: DocumentsDraft, name: string, commit: Commit): Result<VersionDocument, ScriptProblem> {
    const refusal = judgeCommit(readScript(draft, name), commit, listScripts(draft).length)
    if (refusal !== undefined) return fail(refusal)
    const script = changed(name, newestOf(draft, name), commit.change)
    if (!script.ok) return script
    const now = clock.now()
    const content = keepContent(script.value, documents)
    const { startupMillis: startup_millis, handlers } = commit.findings
    const version = writeVersion(draft, name, {
      ...{ content, now, madeBy: 'api' },
      facts: { ...commit.by, startup_millis, handlers },
    })
    if (commit.deploy) writeDeployment(draft, name, version, { ...commit.by, now })
    return ok(version)
  }

  return {
    list: () => listScripts(documents).flatMap(([name]) => find(name) ?? []),
    find,
    versions: (name) => listVersions(documents, name).toReversed(),
    deployments: (name) => listDeployments(documents, name).toReversed(),
    script: library.version,
    draft: (name, change) => {
      const script = changed(name, newestOf(documents, name), change)
      return script.ok ? ok({ ...script.value, id: CANDIDATE_ID }) : script
    },
    commit: (name, commit) => {
      const before = documents.paths(versionsPrefix(name)).length
      const committed = record((draft) => write(draft, name, commit))
      // One more, unless old ones went: only then is there something to forget, and looking costs every version there is.
      if (committed.ok && documents.paths(versionsPrefix(name)).length <= before) forgetBlobs(documents)
      return committed
    },
    deploy: (name, versionId, by) =>
      record((draft) => {
        const version = listVersions(draft, name).find(({ id }) => id === versionId)
        const message = version && library.version(name, version).refusal
        if (message !== undefined) return fail({ kind: 'secrets-sealed', message })
        const deployment = version && writeDeployment(draft, name, version, { ...by, now: clock.now() })
        if (deployment !== undefined) return ok(deployment)
        return fail({ kind: readScript(draft, name) === undefined ? 'unknown-script' : 'unknown-version' })
      }),
    removeDeployment: (name, id) =>
      record((draft) => {
        const deployments = listDeployments(draft, name)
        const found = deployments.find((each) => each.id === id)
        if (found === undefined) return fail({ kind: 'unknown-deployment' })
        if (found === deployments.at(-1)) return fail({ kind: 'deployment-runs' })
        draft.remove(deploymentPath(name, found.number))
        return ok(undefined)
      }),
    configure: (name, change) =>
      changeRecord(name, (before) => ({ ...before, settings: { ...before.settings, ...change } })),
    setSubdomain: (name, subdomain) => changeRecord(name, (before) => ({ ...before, subdomain })),
    remove: (name) => {
      const removed = record((draft): Result<undefined, ScriptProblem> => {
        if (readScript(draft, name) === undefined) return fail({ kind: 'unknown-script' })
        removeScript(draft, name)
        return ok(undefined)
      })
      if (removed.ok) forgetBlobs(documents)
      return removed
    },
    accountSubdomain: () => (documents.read(SUBDOMAIN_PATH) as { readonly name: string } | undefined)?.name,
    setAccountSubdomain: (name) =>
      record((draft) => {
        draft.write(SUBDOMAIN_PATH, { name })
        return ok(name)
      }),
  }
}

function readVersion(
  documents: Pick<DocumentsDraft, 'read'>,
  name: string,
  number: number,
): VersionDocument | undefined {
  return documents.read(scriptVersionPath(name, number)) as VersionDocument | undefined
}

function judgeCommit(before: ScriptRecord | undefined, commit: Commit, scripts: number): ScriptProblem | undefined {
  if (before === undefined) {
    if (!commit.create) return { kind: 'unknown-script' }
    return scripts >= MAX_SCRIPTS ? { kind: 'too-many-scripts', limit: MAX_SCRIPTS } : undefined
  }
  const isBehind = before.deployed_version !== before.newest_version
  return commit.uponDeployed === true && isBehind ? { kind: 'newest-not-deployed' } : undefined
}
