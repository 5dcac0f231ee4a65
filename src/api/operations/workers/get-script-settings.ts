// GET …/scripts/{script_name}/script-settings: what is of the Worker and of no version.

import { succeed } from '../../envelope.ts'
import { ANY_RESULT, SCRIPT_PATH, scriptOperation } from './script.ts'

export const SCRIPT_SETTINGS_PATH = `${SCRIPT_PATH}/script-settings`

export const getScriptSettings = scriptOperation({
  method: 'get',
  path: SCRIPT_SETTINGS_PATH,
  summary: 'Read the settings that are of no version',
  permission: 'workers_scripts:read',
  result: ANY_RESULT,
  handle: ({ script }) => succeed(script.settings),
})
