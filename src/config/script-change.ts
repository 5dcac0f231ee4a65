// From a script and what is to change of it to the script that results.  Pure.
//
// A Worker's version is never changed: an upload, a secret and a setting each make another from the one before.

import { fail, ok, type Result } from '../base/index.ts'
import type { BindingType, Script, ScriptBinding, ScriptModule } from '../scripts/index.ts'

/** A binding that stays what it is in the version before, perhaps under another name. */
export type InheritedBinding = { readonly type: 'inherit'; readonly name: string; readonly from: string }

export type ScriptChange = {
  /** undefined: the code stays. */
  readonly code?: { readonly mainModule: string; readonly modules: readonly ScriptModule[] }
  /** What is added, or replaces a binding of the same name. */
  readonly bindings: readonly (ScriptBinding | InheritedBinding)[]
  /** Which of the bindings of the version before stay. */
  readonly keep: 'all' | readonly BindingType[]
  /** Names that do not stay. */
  readonly remove?: readonly string[]
  /** undefined: as before. */
  readonly compatibilityDate?: string | undefined
  readonly compatibilityFlags?: readonly string[] | undefined
}

/** A binding was to be inherited that the version before does not have. */
export type CannotInherit = { readonly kind: 'cannot-inherit'; readonly name: string }

/** CF workers/configuration/compatibility-dates: what holds for a Worker that names none. */
const OLDEST_COMPATIBILITY_DATE = '2021-11-02'

/** The script after the change; its id is the caller's to give. */
export function changeScript(
  name: string,
  before: Script | undefined,
  change: ScriptChange,
): Result<Omit<Script, 'id'>, CannotInherit> {
  const bindings = changeBindings(before?.bindings ?? [], change)
  if (!bindings.ok) return bindings
  const code = change.code ?? { mainModule: before?.mainModule ?? '', modules: before?.modules ?? [] }
  return ok({
    name,
    kind: 'worker',
    mainModule: code.mainModule,
    modules: [
      ...code.modules.filter((each) => each.name === code.mainModule),
      ...code.modules.filter((each) => each.name !== code.mainModule),
    ],
    bindings: bindings.value,
    compatibilityDate: change.compatibilityDate ?? before?.compatibilityDate ?? OLDEST_COMPATIBILITY_DATE,
    compatibilityFlags: change.compatibilityFlags ?? before?.compatibilityFlags ?? [],
  })
}

function changeBindings(
  before: readonly ScriptBinding[],
  { bindings, keep, remove = [] }: ScriptChange,
): Result<readonly ScriptBinding[], CannotInherit> {
  const stays = ({ name, type }: ScriptBinding) => (keep === 'all' || keep.includes(type)) && !remove.includes(name)
  const after = new Map(before.filter(stays).map((each) => [each.name, each]))
  for (const binding of bindings) {
    if (binding.type !== 'inherit') {
      after.set(binding.name, binding)
      continue
    }
    const inherited = before.find(({ name }) => name === binding.from)
    if (inherited === undefined) return fail({ kind: 'cannot-inherit', name: binding.from })
    after.set(binding.name, { ...inherited, name: binding.name })
  }
  return ok([...after.values()])
}
