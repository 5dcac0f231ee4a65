// GET …/scripts/{script_name}/settings: what a Worker has beside its code.

import { succeed } from '../../envelope.ts'
import { ANY_RESULT, SCRIPT_PATH, scriptOperation, showBindings } from './script.ts'
import type { ScriptView, VersionDocument } from './types.ts'

export const SETTINGS_PATH = `${SCRIPT_PATH}/settings`

export function showSettings({ settings }: ScriptView, version: VersionDocument): object {
  return {
    bindings: showBindings(version),
    compatibility_date: version.content.compatibility_date,
    compatibility_flags: version.content.compatibility_flags,
    usage_model: 'standard',
    limits: {},
    placement: {},
    migration_tag: '',
    annotations: version.annotations,
    ...settings,
  }
}

export const getSettings = scriptOperation({
  method: 'get',
  path: SETTINGS_PATH,
  summary: 'Read the settings and bindings of a Worker',
  permission: 'workers_scripts:read',
  result: ANY_RESULT,
  handle: ({ script }) => succeed(showSettings(script, script.newest)),
})
