// What the operations on Workers share: their paths, the Worker that a path names, how it is shown, what can go wrong.

import { z } from '@hono/zod-openapi'
import { ok, type Result } from '../../../base/index.ts'
import { isWorkerName } from '../../../scripts/index.ts'
import { type ApiAccount, findAccount } from '../../account-operation.ts'
import { refuse } from '../../envelope.ts'
import { type Call, makeOperation, type Operation, type Received, type Spec } from '../../operation.ts'
import type { Problems, ScriptProblem, ScriptView, VersionDocument } from './types.ts'

export const WORKERS_PATH = '/accounts/{account_id}/workers'
export const SCRIPT_PATH = `${WORKERS_PATH}/scripts/{script_name}`

export const ANY_RESULT = z.looseObject({})

/** The name that a path has, when a Worker can be called that. */
export function readName({ params }: Pick<Received, 'params'>): Result<string, Problems> {
  const name = params.script_name ?? ''
  if (isWorkerName(name)) return ok(name)
  const shown = JSON.stringify(name.slice(0, 60))
  const message = `${shown} is not the name of a Worker; use at most 63 lower-case letters, digits, - and _`
  return refuse('bad-script-name', { message })
}

type Found = Received & { readonly account: ApiAccount; readonly script: ScriptView }
type ScriptCall<Body> = Call<Body> & { readonly account: ApiAccount; readonly script: ScriptView }

/** An operation on a Worker that is there: the handler gets it. */
export function scriptOperation<Body = undefined>(spec: Spec<Found, ScriptCall<Body>, Body>): Operation {
  return makeOperation(spec, (received) => {
    const account = findAccount(received)
    if (!account.ok) return account
    const script = findScript(received)
    return script.ok ? ok({ ...account.value, script: script.value }) : script
  })
}

/** The Worker that the path names. */
function findScript(received: Pick<Received, 'params' | 'services'>): Result<ScriptView, Problems> {
  const name = readName(received)
  if (!name.ok) return name
  const script = received.services.administration.scripts.find(name.value)
  return script === undefined ? refuse('unknown-script') : ok(script)
}

export function refuseScript(problem: ScriptProblem): Result<never, Problems> {
  switch (problem.kind) {
    case 'unknown-script':
    case 'unknown-version':
    case 'unknown-deployment':
    case 'deployment-runs':
    case 'newest-not-deployed':
    case 'not-recorded':
      return refuse(problem.kind)
    case 'cannot-inherit':
      return refuse('invalid-body', {
        message: `the binding ${problem.name} cannot be inherited: the version before has none of this name`,
        pointer: '/bindings',
      })
    case 'secrets-sealed':
      return refuse(problem.kind, { message: problem.message })
    case 'too-many-scripts':
      return refuse('too-many-scripts', { message: `there are ${problem.limit} Workers; delete one` })
  }
}

export function instant(millis: number): string {
  return new Date(millis).toISOString()
}

/** A Worker as lists and uploads show it. */
export function showScript(script: ScriptView, version: VersionDocument): object {
  return {
    id: script.name,
    tag: script.tag,
    tags: script.settings.tags,
    etag: version.etag,
    handlers: version.handlers,
    named_handlers: [],
    created_on: instant(script.created_on),
    modified_on: instant(script.modified_on),
    has_assets: false,
    has_modules: !isServiceWorker(version),
    compatibility_date: version.content.compatibility_date,
    compatibility_flags: version.content.compatibility_flags,
    usage_model: 'standard',
    logpush: script.settings.logpush,
    tail_consumers: script.settings.tail_consumers,
    observability: script.settings.observability,
    last_deployed_from: sourceOf(version),
    migration_tag: '',
    placement: {},
  }
}

export function isServiceWorker({ content }: VersionDocument): boolean {
  return content.modules.some(({ type }) => type === 'script')
}

/** `wrangler` for what the configuration file made, too: wrangler may overwrite it without asking, as the file will. */
export function sourceOf({ source }: VersionDocument): string {
  return source === 'file' ? 'wrangler' : source
}

/** Bindings as they are shown: of secrets the name only. */
export function showBindings({ content }: VersionDocument): readonly object[] {
  return content.bindings.map((binding) => {
    switch (binding.type) {
      case 'secret_text':
        return { type: binding.type, name: binding.name }
      case 'plain_text':
      case 'json':
        return binding
      default:
        return { type: binding.type, name: binding.name, part: binding.name }
    }
  })
}

/** Who the client is that makes a version or a deployment. */
export function clientOf({ userAgent }: Pick<Received, 'userAgent'>): string {
  return /\bwrangler\b/i.test(userAgent) ? 'wrangler' : 'api'
}
