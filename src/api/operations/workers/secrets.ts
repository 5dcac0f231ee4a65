// What the operations on secrets share.  A change of secrets is a new version that runs at once; a value never comes out.

import { refuse, succeed } from '../../envelope.ts'
import type { Call } from '../../operation.ts'
import { readBindings } from '../../upload/bindings.ts'
import { commitChecked } from './commit.ts'
import { clientOf, SCRIPT_PATH } from './script.ts'
import type { ScriptChange, ScriptView, VersionDocument } from './types.ts'

export const SECRETS_PATH = `${SCRIPT_PATH}/secrets`

export type ShownSecret = { readonly name: string; readonly type: 'secret_text' }

/** The names of the secrets of a version. */
export function secretsOf({ content }: VersionDocument): readonly ShownSecret[] {
  return content.bindings.flatMap(({ type, name }) => (type === 'secret_text' ? [{ name, type }] : []))
}

/** Sets and removes secrets in one change. */
export async function changeSecrets(
  call: Call<unknown> & { readonly script: ScriptView },
  set: readonly unknown[],
  remove: readonly string[],
) {
  const foreign = set.find((each) => typeof each === 'object' && each !== null && !isSecret(each))
  if (foreign !== undefined) {
    return refuse('unsupported-feature', { message: 'a secret has the type secret_text; send { name, text, type }' })
  }
  const bindings = readBindings(set, [])
  if (!bindings.ok) return bindings
  const change: ScriptChange = { bindings: bindings.value, keep: 'all', remove }
  const by = { source: clientOf(call), annotations: { 'workers/triggered_by': 'secret' } }
  const commit = { change, by, deploy: true, uponDeployed: true, create: false }
  const version = await commitChecked(call.services, call.script.name, commit)
  return version.ok ? succeed(secretsOf(version.value)) : version
}

function isSecret(json: object): boolean {
  return !('type' in json) || json.type === 'secret_text'
}
